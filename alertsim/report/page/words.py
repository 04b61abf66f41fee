"""The words of a report's page in Ukrainian and English."""

from alertsim.wire.headlines import Said

DATA_REPORT = Said(uk="Звіт за даними навчання", en="Exercise data report")
AAR = Said(
    uk="Звіт за підсумками навчання та план удосконалення (AAR/IP)",
    en="After-Action Report / Improvement Plan (AAR/IP)",
)
MADE_UP = Said(
    uk="Це звіт про навчання. Жодна тривога в ньому не справжня. Дійте за офіційним сигналом.",
    en="This is a report on an exercise. No alert in it is real. Follow the official signal.",
)
NO_EVALUATOR = Said(
    uk="Спостерігач іще нічого не записав: тут лише те, що видно із запису. Оцінки залишено порожніми.",
    en="No evaluator has written yet: here is only what the recording shows. Ratings are left to fill in.",
)
BY_EVALUATOR = Said(uk="Оцінки та зауваги: {}.", en="Ratings and notes by: {}.")
SOME_EVALUATOR = Said(uk="спостерігач", en="the evaluator")
DAMAGED = Said(uk="Файл запису пошкоджено: {}. Пораховано все, що вдалося прочитати.",
               en="The file of the recording is damaged: {}. All that could be read is counted.")  # fmt: skip
UNFINISHED = Said(
    uk="Запис не доведено до кінця: навчання перервалося. Пораховано все до цього моменту.",
    en="The recording has no proper end: the exercise was killed. All up to that moment is counted.",
)
DEGRADED = Said(uk="Частина навчання відмовила: {}.", en="A part of the exercise failed: {}.")
CAPTURE = Said(
    uk="У записі є повідомлення, що не належать навчанню: {}. Вони не враховані.",
    en="The recording holds messages that are no part of an exercise of ours: {}. They are not counted.",
)

CONTENTS = Said(uk="Зміст", en="Contents")
GLANCE = Said(uk="Головне", en="At a glance")
OVERVIEW = Said(uk="Про навчання", en="Exercise overview")
TIMELINE = Said(uk="Перебіг подій", en="Course of events")
OBJECTIVES = Said(uk="Аналіз за цілями", en="Analysis by objective")
FINDINGS = Said(uk="Сильні сторони й що поліпшити", en="Strengths and areas for improvement")
WARNING = Said(uk="Чи встигла сирена", en="Lead time: was the siren in time?")
HEARD = Said(uk="Хто не почув тривоги", en="Who never got an alert")
CURVES = Said(uk="Доставлення за операторами", en="Delivery by mobile operator")
MAP = Said(uk="Час під тривогою", en="Time under alert")
ENGINEER = Said(uk="Для інженера", en="For the engineer")
PLAN = Said(uk="План удосконалення", en="Improvement plan")
SOURCES = Said(uk="На чому ґрунтується кожна подія", en="What each event rests on")
RATINGS = Said(uk="Шкала оцінок", en="Ratings")

EXERCISE = Said(uk="Навчання", en="Exercise")
SCENARIO = Said(uk="Сценарій", en="Scenario")
TYPE = Said(uk="Вид", en="Type")
CONTACT = Said(uk="Контакт", en="Contact")
CONDUCTED = Said(uk="Проведено", en="Conducted")
LASTED = Said(uk="Тривало насправді", en="Lasted in reality")
STORY = Said(uk="Час у сценарії", en="Story time")
ENDED = Said(uk="Чим закінчилося", en="How it ended")
SUBSCRIBERS = Said(uk="Абоненти", en="Subscribers")
ONE_FOR = Said(uk="одне повідомлення — щонайбільше для {}", en="one message was for {} at most")
IN_ALL = Said(uk="{} (одне повідомлення — щонайбільше для {})", en="{} (one message was for {} at most)")
CONNECTED = Said(uk="абоненти на зв'язку", en="subscribers connected")
ANSWERS = Said(uk="Відповіді учасників", en="Answers of participants")
BY_CLIENTS = Said(uk="{} (від {})", en="{} (from {})")
BASIS = Said(uk="Основа", en="Basis")
REPLAY = Said(uk="Повтор запису", en="Replay of")
SEED = Said(uk="Зерно", en="Seed")
BROKER = Said(uk="Брокер", en="Broker")
VERSION = Said(uk="Програма", en="Program")
HISTORICAL = Said(uk="справжня ніч за опублікованими джерелами", en="a real night, from published sources")
FICTIONAL = Said(uk="вигадана", en="fictional")
COMPLETED = Said(uk="дограно до кінця", en="played to its end")
NO_END = Said(uk="без належного кінця", en="without a proper end")
NOBODY = Said(uk="не було", en="none")
PARTICIPANTS = Said(uk="Хто мав діяти", en="Who was expected to act")

ALERTS = Said(uk="Тривог", en="Alerts")
WORST_LEAD = Said(uk="Найменший запас часу", en="Shortest lead time")
HEARD_SHARE = Said(uk="Почули вчасно", en="Heard when sent")
EXPECTED_MET = Said(uk="Очікуване виконано", en="Expectations met")
CONFIRMED = Said(uk="Підтверджено брокером", en="Confirmed by the broker")
TOLL = Said(uk="Умовно постраждалих", en="Injured in the story")
OF = Said(uk="{} із {}", en="{} of {}")
AFTER = Said(uk="сирена через {} після вибуху", en="siren {} after the explosion")
BEFORE = Said(uk="сирена за {} до вибуху", en="siren {} before the explosion")

WHO = Said(uk="Хто", en="Who")
DOES = Said(uk="Що", en="Does what")
UPON = Said(uk="У відповідь на", en="In answer to")
WITHIN = Said(uk="За", en="Within")
OUTCOME = Said(uk="Результат", en="Outcome")
RATING = Said(uk="Оцінка спостерігача:", en="Evaluator's rating:")
NOTE = Said(uk="Зауваги:", en="Notes:")
NO_EXPECTATION = Said(uk="Для цієї цілі в сценарії нічого не очікували: судить спостерігач.",
                      en="The scenario expects nothing for this objective: the evaluator judges.")  # fmt: skip
NO_OBJECTIVES = Said(uk="Сценарій не називає цілей.", en="The scenario names no objectives.")
OTHER_EXPECTATIONS = Said(uk="Поза цілями", en="Beside the objectives")
NO_ANSWERS = Said(
    uk="Жодної відповіді не записано: або ніхто не брав участі, або ніхто не підтвердив.",
    en="No answer was recorded at all: nobody took part, or nobody acknowledged.",
)
ACKNOWLEDGE = Said(uk="підтвердити", en="acknowledge")

STRENGTHS = Said(uk="Сильні сторони", en="Strengths")
IMPROVEMENTS = Said(uk="Що поліпшити", en="Areas for improvement")
NOTHING_FOUND = Said(uk="Із запису такого не видно.", en="The recording shows none.")
FACTS_ONLY = Said(uk="Лише факти із запису; причини й оцінки — справа спостерігача.",
                  en="Facts from the recording only; causes and judgements are the evaluator's.")  # fmt: skip

AREA = Said(uk="Територія", en="Area")
SIREN = Said(uk="Сирена", en="Siren")
CLEAR = Said(uk="Відбій", en="All-clear")
EXPLOSION = Said(uk="Перший вибух", en="First explosion")
LEAD = Said(uk="Запас часу", en="Lead time")
LEAD_ABOUT = Said(
    uk="Від сирени до першого вибуху на тій самій території. Від'ємний — сирена пролунала вже після вибуху.",
    en="From the siren to the first explosion in the same area. Negative: the siren came after the explosion.",
)
ASSUMED = Said(uk="мить вибуху — припущення сценарію", en="the moment of the explosion is the scenario's assumption")
NO_EXPLOSIONS = Said(uk="Вибухів під жодною тривогою не було; тривог: {}.",
                     en="No explosion came under any alert; alerts: {}.")  # fmt: skip
NO_SIREN = Said(uk="не було", en="never")
OTHERS = Said(uk="Ще тривог без вибухів: {}.", en="Other alerts, without explosions: {}.")
STILL_OPEN = Said(uk="не було", en="none")

OPERATOR = Said(uk="Оператор", en="Operator")
NO_OPERATOR = Said(uk="без оператора", en="no operator")
EVERYBODY = Said(uk="Усі", en="All")
MESSAGES = Said(uk="Повідомлень", en="Messages")
MEANT = Said(uk="Мали почути", en="Should have heard")
IN_TIME = Said(uk="Почули одразу", en="Heard when sent")
LATE = Said(uk="з них пізніше 1 с", en="of them over 1 s late")
CAUGHT_UP = Said(uk="Згодом, із копії", en="Later, from a copy")
NEVER = Said(uk="Не почули зовсім", en="Never")
NEVER_SHARE = Said(uk="частка", en="share")
HEARD_ABOUT = Said(
    uk="Рахуються абонент і повідомлення (можлива тривога, тривога, оновлення, відбій): одне на одного.",
    en="Counted are one subscriber and one message each (pre-alert, alert, update, all-clear).",
)
NO_SWARM = Said(
    uk="У цьому навчанні не було власних абонентів, тому про доставлення нічого не відомо.",
    en="This exercise had no subscribers of its own, so nothing is known of delivery.",
)
WORST = Said(uk="Повідомлення, яких не почули найбільше", en="Messages that most did not hear")
WHEN = Said(uk="Коли", en="When")
WHAT = Said(uk="Що", en="What")
MISSED = Said(uk="Не почули одразу", en="Did not hear when sent")
STATE_THEN = Said(uk="Оператор тоді", en="The operator then")
ALL_UP = Said(uk="без збоїв", en="no fault")
DATA = Said(uk="мобільні дані {}", en="mobile data {}")
FIXED = Said(uk="домашній інтернет {}", en="home internet {}")
MORE = Said(uk="… і ще {}", en="… and {} more")

CURVES_ABOUT = Said(
    uk="Точка — повідомлення про тривогу: яка частка абонентів оператора почула його одразу. Площа — яка частка "
       "мобільних даних оператора працювала в країні. Пунктир — яка частка його абонентів була на зв'язку.",
    en="A dot is an alert message: which share of the operator's subscribers heard it when it was sent. The area is "
       "which share of the operator's mobile data was up in the country. The dotted line is which share of its "
       "subscribers was connected.",
)  # fmt: skip
UP = Said(uk="мобільні дані працюють", en="mobile data up")
HEARD_KEY = Said(uk="почули одразу", en="heard when sent")
SHARE_UNIT = Said(uk="% абонентів", en="% of subscribers")
STORY_TIME = Said(uk="час сценарію", en="story time")

MAP_ABOUT = Said(
    uk="Скільки в зіграному відрізку ({} – {}) область або якась її частина була під тривогою. Постійні тривоги "
       "заштриховано й не враховано.",
    en="How long in the stretch that was played ({} – {}) an oblast, or any part of it, was under alert. Standing "
       "alerts are hatched and not counted.",
)  # fmt: skip
MAP_DESC = Said(uk="Мапа України; те саме — у таблиці нижче.", en="A map of Ukraine; the table below says the same.")
NONE = Said(uk="не було", en="none")
UP_TO = Said(uk="до {}", en="up to {}")
STANDING = Said(uk="постійна тривога", en="standing alert")
ALERTED = Said(uk="Під тривогою", en="Under alert")
SIRENS = Said(uk="Сирен", en="Sirens")
NO_ALERTS = Said(uk="У зіграному відрізку тривог не було.", en="No alert stood in the stretch that was played.")

MEASURE = Said(uk="Показник", en="Measure")
COUNT = Said(uk="Кількість", en="Count")
HALF = Said(uk="половина", en="half")
P99 = Said(uk="99 %", en="99 %")
HIGHEST = Said(uk="найбільше", en="highest")
LATENESS = Said(uk="Подія після свого часу", en="Event handed on after its time")
PUBACK = Said(uk="Від свого часу до підтвердження брокера", en="From due to confirmed by the broker")
FIRST = Said(uk="Перший абонент почув", en="First subscriber had it")
HALF_HAD = Said(uk="Половина абонентів почула", en="Half of those reached had it")
MOST_HAD = Said(uk="99 % абонентів почули", en="99 % of those reached had it")
LAST_HAD = Said(uk="Останній абонент почув", en="Last one reached had it")
LATENCIES = Said(uk="Час у реальності, від запланованої миті", en="Real time, from the intended moment")
COUNTS = Said(uk="Лічильники", en="Counts")
EVENTS = Said(uk="подій зіграно", en="events played")
SKIPPED = Said(uk="подій пропущено", en="events passed over")
NOT_SENT = Said(uk="не надіслано: {}", en="not sent: {}")
MISSING = Said(uk="на зв'язку, але не дійшло", en="connected, never had it")
UNREACHABLE = Said(uk="не на зв'язку", en="not connected")
DUPLICATES = Said(uk="дублікатів", en="duplicates")
STALE = Said(uk="застарілих на час отримання", en="stale on arrival")
BROKER_LOST = Said(uk="втрат зв'язку з брокером", en="broker connections lost")
STORMS = Said(uk="Шторми перепідключень", en="Reconnect storms")
BEFORE_IT = Said(uk="До нього на зв'язку", en="Connected before")
LOST = Said(uk="Втрачено з'єднань", en="Connections lost")
LOWEST = Said(uk="Найменше на зв'язку", en="Fewest connected")
PEAK = Said(uk="Пік, підключень/с", en="Peak, connects/s")
BACK = Said(uk="Усі знову на зв'язку за", en="All back after")
BACK_OFF = Said(uk="Відступ", en="Back-off")
JITTERED = Said(uk="{}, випадковий", en="{}, by chance")
STALLED = Said(
    uk="{}: {} абонентів нічого більше не отримували: {} непідтверджених повідомлень заповнили вікно брокера.",
    en="{}: {} subscribers got nothing more: {} unanswered messages filled the broker's window.",
)
COMMANDS = Said(uk="Команди", en="Commands")
COMMAND = Said(uk="Команда", en="Command")
OUTAGES = Said(uk="Перерви зв'язку з брокером", en="Broker outages")
AT_REAL = Said(uk="Від початку", en="Since the beginning")
AWAY = Said(uk="Тривала", en="Lasted")
WAITING = Said(uk="У черзі", en="Waiting")
REASON = Said(uk="Причина", en="Reason")
NEVER_BACK = Said(uk="до кінця", en="to the end")
KINDS = Said(uk="Повідомлення за видами", en="Messages by kind")
KIND = Said(uk="Вид", en="Kind")
AT_MAX = Said(
    uk="Темп max: запізнення не вимірюється.",
    en="Played at max: lateness is not measured.",
)

PLAN_HEADS = (
    Said(uk="Проблема", en="Issue / area for improvement"),
    Said(uk="Що зробити", en="Corrective action"),
    Said(uk="Складник", en="Capability element"),
    Said(uk="Відповідальний підрозділ", en="Responsible office"),
    Said(uk="Початок", en="Start"),
    Said(uk="Завершення", en="Completion"),
)
ELEMENTS = Said(
    uk="Складник: планування, організація, обладнання, підготовка, навчання.",
    en="Capability element: planning, organization, equipment, training or exercise.",
)

ENTRY = Said(uk="Подія", en="Event")
MESSAGES_OF = Said(uk="Повідомлень", en="Messages")
RESTS_ON = Said(uk="Джерела", en="Rests on")
INTERPOLATED = Said(uk="між наведеними точками", en="interpolated")
INVENTED = Said(uk="припущення", en="invented")
NO_SOURCE = Said(uk="джерела не названо", en="no source is named")
FACT = Said(uk="Факт", en="Fact")
RETOLD = Said(uk="Своїми словами", en="Re-told")
SOURCE = Said(uk="Звідки", en="Source")
CONFIDENCE = {
    "verified": Said(uk="перевірено", en="verified"),
    "read": Said(uk="прочитано", en="read"),
    "assumed": Said(uk="припущено", en="assumed"),
}
ARTICLE = Said(uk="стаття: {}", en="article: {}")
LIVE = Said(uk="під час навчання", en="during the exercise")

SCALE = (
    ("P", Said(uk="Виконано без труднощів", en="Performed without challenges")),
    ("S", Said(uk="Виконано, з деякими труднощами", en="Performed with some challenges")),
    ("M", Said(uk="Виконано, зі значними труднощами", en="Performed with major challenges")),
    ("U", Said(uk="Виконати не вдалося", en="Unable to be performed")),
)
"""HSEEP's four ratings."""
