"""The words of a load test's page in Ukrainian and English."""

from collections.abc import Mapping

from alertsim.wire.headlines import Said

BANNER = "TEST · ТЕСТ · TEST"
MADE_UP = Said(
    uk="Жодної справжньої тривоги: вигадані повідомлення для вигаданих підписників",
    en="No real alert: made-up messages to made-up subscribers",
)
LOAD_TEST = Said(uk="Навантажувальне випробування", en="Load test")
NOT_MEASURED = Said(uk="н/д: нічого не виміряно.", en="n/a: nothing was measured.")

VERDICT = Said(uk="Висновок", en="Verdict")
VALIDITY: Mapping[str, tuple[str, Said]] = {
    "valid": ("✓", Said(uk="ДІЙСНЕ: навантажувач встигав", en="VALID: the generator kept up")),
    "invalid": (
        "✕",
        Said(
            uk="НЕДІЙСНЕ: навантажувач був перевантажений, числа описують його, а не брокера",
            en="INVALID: generator overloaded; the figures describe it, not the broker",
        ),
    ),
    "unavailable": (
        "?",
        Said(
            uk="НЕ ПЕРЕВІРЕНО: ця система не повідомляє, чи процес чекав на процесор",
            en="NOT CHECKED: this system does not tell how long a process waits for a CPU",
        ),
    ),
}
INVALID_STAMP = Said(uk="НЕДІЙСНЕ", en="INVALID")
NOT_PUBLISHED = Said(uk="НЕ ВДАЛОСЯ: нічого не опубліковано", en="FAILED: nothing could be published")
THRESHOLDS = Said(uk="Пороги", en="Thresholds")
NO_THRESHOLDS = Said(uk="Порогів не задано.", en="No thresholds were set.")
HOLD_BUT = Said(uk="пороги витримано, але тут це нічого не означає", en="thresholds hold, which means nothing here")
ALL_HOLD = Said(uk="усі пороги витримано", en="all thresholds hold")
SOME_FAIL = Said(uk="порогів не витримано: {} з {}", en="thresholds failed: {} of {}")
THRESHOLD = Said(uk="Поріг", en="Threshold")
MEASURED = Said(uk="Виміряно", en="Measured")
OUTCOME = Said(uk="Підсумок", en="Outcome")
HOLDS = Said(uk="✓ витримано", en="✓ holds")
FAILED = Said(uk="✕ НЕ ВИТРИМАНО", en="✕ FAILED")

SUBSCRIBED = Said(uk="Підключено й підписано", en="Connected and subscribed")
OF = Said(uk="{} з {}", en="{} of {}")
PUBLISHED = Said(uk="Опубліковано повідомлень", en="Messages published")
HEARD = Said(uk="Почуто повідомлень, публікував хтось інший", en="Messages heard, somebody else published")
LAG = Said(uk="Запізнення публікації, p99", en="Published late by, p99")
DELIVERED = Said(uk="Доставлено", en="Delivered")
MISSING = Said(uk="Не дійшло", en="Missing")
UNREACHABLE = Said(uk="Недосяжні", en="Unreachable")
CAUGHT_UP = Said(uk="Наздогнали", en="Caught up")
DUPLICATES = Said(uk="Дублікати", en="Duplicates")
OUT_OF_ORDER = Said(uk="Не за порядком", en="Out of order")
LATE = Said(uk="Із запізненням", en="Late")
STALE = Said(uk="Прострочені", en="Stale")
HIGHEST = Said(uk="найбільше", en="max")
LAST = Said(uk="До останнього, найповільніше", en="To the last, slowest message")
AWAY = Said(uk="Сплять, без покриття чи ще не прийшли", en="Asleep, without coverage or still to come")
SKIPPED = Said(uk="Не надіслано: не було з’єднання", en="Not sent for lack of a connection")
UNACKNOWLEDGED = Said(uk="Не підтверджено брокером", en="Not acknowledged by the broker")
CLOSED_EARLY = Said(uk="Закрито завчасно: бракувало пам’яті", en="Closed early for lack of memory")
CONNECT_RATE = Said(uk="Швидкість підключення", en="Connect rate")
COST = Said(uk="Процесорний час на доставлення", en="CPU a delivery")

LATENCIES = Said(uk="Затримки", en="Latencies")
CURVE = Said(uk="Крива затримок", en="Latency curve")
CURVE_ABOUT = Said(
    uk="Затримка, якої не перевищила відповідна частка доставлень; праворуч найповільніші.",
    en="The latency that so large a share of deliveries did not exceed; the slowest are on the right.",
)
SHARE = Said(uk="частка доставлень", en="share of deliveries")
LATENCY = Said(uk="затримка, логарифмічна шкала", en="latency, logarithmic")
EVERYBODY = Said(uk="усі", en="all")
OTHERS = Said(uk="інші когорти: {}", en="{} other cohorts")
SLOWEST = Said(
    uk="Названо когорти з найбільшим p99; решту показано сірим, вони є в таблиці.",
    en="Named are the cohorts with the highest p99; the others are grey and stand in the table.",
)

COURSE = Said(uk="Перебіг", en="Course")
SINCE = Said(uk="від початку, с", en="since the beginning, s")
SINCE_LONG = Said(uk="від початку, год:хв:с", en="since the beginning, h:mm:ss")
EACH = Said(uk="Кожне повідомлення", en="Each message")
EACH_ABOUT = Said(
    uk="Від запланованого часу повідомлення до половини, 99 % і останнього з підписників, до яких воно дійшло.",
    en="From a message's intended time to half, to 99 % and to the last of the subscribers it reached.",
)
FIRST_TOLD = Said(
    uk="Показано перші {} з {} повідомлень; усі враховано в сумах.",
    en="The first {} of {} messages are shown; all are in the sums.",
)
HALF, P50, P99 = Said(uk="p50", en="p50"), Said(uk="p50, половина", en="p50, half"), Said(uk="p99", en="p99")
TO_LAST = Said(uk="останній", en="the last")
INCOMPLETE = Said(uk="дійшло не до всіх", en="did not reach everybody expected")
NOBODY = Said(uk="не дійшло ні до кого", en="reached nobody")
CONNECTED = Said(uk="Підключені", en="Connected")
CONNECTED_ABOUT = Said(
    uk="Скільки підписників підключено і скільки без покриття.",
    en="How many subscribers are connected, and how many have no coverage.",
)
CUT = Said(uk="без покриття", en="without coverage")
SUBSCRIBERS = Said(uk="Підписників", en="Subscribers")
DELIVERIES = Said(uk="Доставлення", en="Deliveries")
DELIVERIES_ABOUT = Said(uk="Скільки доставлень за секунду.", en="How many deliveries a second there were.")
PER_SECOND = Said(uk="за секунду", en="a second")
MEAN_OF = Said(uk="за секунду, середнє за {}", en="a second, mean of {}")
PEAK_OF = Said(uk="за секунду, найбільше з кроків по {}", en="a second, highest of steps of {}")

STORMS = Said(uk="Шторми підключень", en="Connection storms")
NO_STORM = Said(
    uk="Не було: ніколи за секунду не втрачалося 5 % підключених (і щонайменше 3), ніколи не додавалося 10 % нових.",
    en="None: never were 5 % of those connected (and at least 3) lost within a second, never did 10 % come anew.",
)
CONNECTS = Said(uk="CONNECT, прийняті брокером", en="CONNECT accepted by the broker")
CONNECTS_ABOUT = Said(
    uk="Скільки підключень за секунду прийняв брокер; шторми затінено.",
    en="How many connections a second the broker accepted; storms are shaded.",
)
LOST = Said(uk="Втрачені підключення", en="Connections lost")
LOST_ABOUT = Said(
    uk="Скільки підключень за секунду втрачено; шторми затінено.",
    en="How many connections a second were lost; storms are shaded.",
)
STORM, CROWD = Said(uk="шторм", en="storm"), Said(uk="наплив", en="flash crowd")
NUMBER = Said(uk="№", en="No.")
KIND = Said(uk="Що", en="What")
BEGAN = Said(uk="Почався через", en="Began after")
BEFORE = Said(uk="Було підключено", en="Connected before")
LOST_OR_CAME = Said(uk="Втрачено чи прибуло", en="Lost or came")
LOWEST = Said(uk="Найменше", en="Lowest")
PEAK_1 = Said(uk="CONNECT/с, найщільніша секунда", en="CONNECT/s, densest second")
PEAK_STEP = Said(uk="CONNECT/с, найщільніші {}", en="CONNECT/s, densest {}")
BACK = Said(uk="Усі знову за", en="All back within")
NEVER = Said(uk="не всі повернулися", en="not all came back")
MEANWHILE = Said(uk="Повідомлень тим часом", en="Messages meanwhile")
MISSED = Said(uk="Не дійшло чи недосяжні", en="Missing or unreachable")

COHORTS = Said(uk="Когорти", en="Cohorts")
COHORTS_ABOUT = Said(
    uk="Спершу ті, де найбільше не дійшло, далі за p99.", en="Those with most missing come first, then by p99."
)
COHORT = Said(uk="Когорта", en="Cohort")
CAUSES = Said(uk="Чому втрачено підключення", en="Why connections were lost")
NO_CAUSES = Said(
    uk="Жодного не втрачено і жодної спроби не відхилено.", en="No connection was lost, and no attempt failed."
)
CAUSE, TIMES = Said(uk="Причина", en="Cause"), Said(uk="Разів", en="Times")
WHERE = Said(uk="Де виміряно", en="Where it was measured")
BROKER, BROKER_VERSION = Said(uk="Брокер", en="Broker"), Said(uk="Версія брокера", en="Broker version")
BEGUN = Said(uk="Початок", en="Begun")
LENGTH = Said(uk="Тривалість", en="Length")
NAME = Said(uk="Назва", en="Name")
MACHINE = Said(uk="Машина", en="Machine")
FACTS: Mapping[str, Said] = {
    "architecture": Said(uk="Архітектура", en="Architecture"),
    "processor": Said(uk="Процесор", en="Processor"),
    "cores": Said(uk="Ядер", en="Cores"),
    "usable": Said(uk="Ядер для процесу", en="Cores usable"),
    "quota": Said(uk="Квота, ядер", en="Quota, cores"),
    "memory": Said(uk="Пам’ять", en="Memory"),
    "memory_free": Said(uk="Вільна пам’ять", en="Memory available"),
    "kernel": Said(uk="Ядро системи", en="Kernel"),
    "python": Said(uk="Python", en="Python"),
    "alertsim": Said(uk="alertsim", en="alertsim"),
    "files_soft": Said(uk="Файлів на процес", en="Files a process"),
    "somaxconn": Said(uk="net.core.somaxconn", en="net.core.somaxconn"),
    "governor": Said(uk="Керування частотою", en="Frequency governor"),
    "clocksource": Said(uk="Годинник", en="Clock source"),
    "load": Said(uk="Навантаження за хвилину до того", en="Load average before"),
    "container": Said(uk="Контейнер", en="Container"),
}
"""The fields of a machine's fingerprint that are shown, in this order."""

READING = Said(uk="Як це читати", en="How to read it")
LESSONS = (
    Said(
        uk="Затримка рахується від запланованого часу повідомлення, а не від часу відправлення: якщо публікатор чи "
        "брокер зупинився, це видно в числах.",
        en="Latency counts from the time a message was intended, not from the time it was sent: where publisher or "
        "broker stall, the figures show it.",
    ),
    Said(
        uk="p99 — затримка, якої не перевищили 99 % доставлень. На кривій кожна поділка праворуч означає вдесятеро "
        "рідкісніші випадки. Числа точні до 1/128.",
        en="p99 is the latency that 99 % of deliveries did not exceed. On the curve each power of ten further right is "
        "ten times as rare. Figures are exact to 1/128.",
    ),
    Said(
        uk="«Не дійшло»: підписник був підключений під час публікації, та повідомлення не отримав. «Недосяжні»: не був "
        "підключений і не отримав. «Наздогнали»: з тих і тих, до кого першою дійшла копія, яку зберіг брокер, або "
        "повторення.",
        en="Missing: the subscriber was there when the message was published, and did not get it. Unreachable: was not "
        "there, and did not get it. Caught up: those of both whom a copy kept by the broker, or a repetition, reached.",
    ),
    Said(
        uk="«Із запізненням»: пізніше за межу цього випробування. «Прострочені»: після закінчення дії повідомлення.",
        en="Late: after this test's limit. Stale: after the message had expired.",
    ),
    Said(
        uk="Шторм: за секунду втрачено щонайменше 5 % підключених (і щонайменше 3); затінено, доки їх не стане "
        "стільки, як перед ним. Наплив: за секунду прибуло щонайменше 10 % нових, яких ніхто не втрачав.",
        en="A storm: at least 5 % of those connected (and at least 3) lost within a second; shaded until as many are "
        "connected as before. A flash crowd: at least 10 % more within a second whom nobody had lost.",
    ),
    Said(
        uk="НЕДІЙСНЕ: машині, що навантажувала, бракувало процесора; повторіть із меншою кількістю підписників або "
        "на більшій машині. н/д: не виміряно.",
        en="INVALID: the machine that made the load was short of CPU; repeat it with fewer subscribers or on a larger "
        "machine. n/a: not measured.",
    ),
)
