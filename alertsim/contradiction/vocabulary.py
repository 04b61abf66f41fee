"""The words that matter, by the part they play in a sentence, in Ukrainian, English and Russian.

A word may play several parts, in several languages. `навчальн~` is a stem with any ending, `*ly` any word that ends so;
every other word stands as it is, in any case, accented or not.
"""

WORDS = {
    # what is spoken of
    "THIS": {
        "uk": "це оце то ця цей ці усе все вони",
        "en": "this that it these those they all everything it's that's they're its thats",
        "ru": "это эта этот эти всё они",
    },
    "ITS": {"uk": "це оце усе все", "en": "it's that's they're thats", "ru": "это всё"},
    "BE": {
        "uk": "є був була було були буде будуть виявилася виявилось стала стало",
        "en": "is are was were be been being isn aren ain",
        "ru": "есть был была было были будет будут является являются оказалась стала",
    },
    "THING": {
        "uk": """тривог~ атак~ удар~ загроз~ обстріл~ ракет~ дрон~ безпілотник~ вибух~ бомб~ бомбардуванн~ напад~
            наліт~ нальот~ приліт~ прильот~ сирен~ шахед~ евакуаці~ відбій відбою""",
        "en": """alert alarm attack attacks strike strikes raid emergency threat threats siren sirens missile missiles
            rocket rockets drone drones bomb bombs bombing bombardment shelling explosion explosions blast blasts
            incident event disaster evacuation invasion all-clear clear warning""",
        "ru": """тревог~ атак~ удар~ угроз~ обстрел~ ракет~ дрон~ беспилотник~ взрыв~ бомб~ бомбардировк~ нападени~
            налет~ прилет~ сирен~ шахед~ эвакуаци~ отбой""",
    },
    "RISK": {  # may be said to be real of itself, as mines are
        "uk": "небезпек~ пожеж~ виклик~",
        "en": "danger dangers fire fires risk",
        "ru": "опасност~ пожар~ вызов~",
    },
    "MESSAGE": {
        "uk": "попередженн~ сигнал~ оповіщенн~ повідомленн~ сповіщенн~",
        "en": "message warning broadcast announcement notification signal one thing deal mccoy call",
        "ru": "предупреждени~ сигнал~ оповещени~ сообщени~ уведомлени~",
    },
    "KIND": {  # what alerts and drills may be called before their noun
        "uk": "повітрян~ ракетн~ масован~ ядерн~ хімічн~ балістичн~ ворож~",
        "en": """air raid fire missile rocket drone civil defence defense nuclear chemical radiation ballistic enemy
            military evacuation emergency safety security school public world life mass incoming full scale all training
            siren alarm alert incident hostile""",
        "ru": "воздушн~ ракетн~ массированн~ ядерн~ химическ~ баллистическ~ вражеск~",
    },
    # saying no
    "NOT": {
        "uk": "не ні нє ані ne",
        "en": "not isn't aren't wasn't weren't ain't isn aren ain never neither nor non hardly",
        "ru": "не ни",
    },
    "NO": {"uk": "жодн~ ніяк~", "en": "no", "ru": "нет никак~"},
    "AUX": {"en": "do does did will would shall should can could may might must to please"},
    "DONT": {
        "en": """don't doesn't didn't won't wouldn't shan't shouldn't can't cannot couldn't mayn't mustn't needn't
            nobody noone stop""",
        "uk": "перестаньте досить годі",
        "ru": "перестаньте хватит",
    },
    "NONE": {"uk": "немає нема нету", "ru": "нет нету"},
    "ANSWER": {"uk": "ні нє", "en": "no nope negative false", "ru": "нет не"},
    # what may stand between a denial and what it denies
    "A": {"en": "a an the another any some"},
    "FILLER": {
        "uk": """є був була було були буде просто лише тільки вже уже зовсім аж ніяк ніяк~ якесь якісь якась якийсь
            якихось там ж же таки точно цілком взагалі тут для заради задля будь яка яке якою вам тобі справді дійсно абсолютно
            звичайно і""",
        "en": """be been being just only merely simply even in fact at longer more such mere your usual regular
            routine normal ordinary typical planned scheduled announced simple standard so too very quite now indeed
            fucking bloody damn mean however for as t really 100 percent still gonna going another happening""",
        "ru": """является являются есть был была было были будет просто лишь только уже вовсе совсем точно тут здесь вообще вполне отнюдь какие
            какая какой какое то нибудь там никак~ же для ради вам тебе никакая абсолютно и""",
    },
    "SORT": {"en": "kind sort type form"},
    "LINK": {"en": "constitute represent look seem feel sound mean"},
    "ADJ": {  # any word that looks like an adjective, where a verb would make another sentence
        "uk": """*не *ве *ке *ше *нє *ні *ві *кі *ші *ті *на *ва *ька *ний *вий *кий *ного *вого *кого *ної *вої *кої
            *ною *вою *кою *ним *вим *ким *них *вих *ких *ними""",
        "en": "*ly",
        "ru": "*ое *ее *ая *яя *ые *ие *ый *ий *ого *его *ых *их *ым *ими *ыми *ной",
    },
    # what the exercise mark says
    "DRILL": {
        "uk": """навчанн~ навчань навчальн~ тренуванн~ тренувань тренувальн~ учбов~ тест тесту тестом тестов~
            тестуванн~ перевірка перевірки перевіркою імітаці~ імітаційн~ симуляці~ репетиці~ маневри маневрами вправа
            вправою вправи пробн~ інсценізаці~ навчалка
            navchannya navchannia navchalna trenuvannya trenuvannia""",
        "en": """drill drills exercise exercises test tests training simulation simulations simulated rehearsal
            rehearsals practice mock tabletop wargame roleplay""",
        "ru": """учени~ учебн~ учебка учебкой тренировк~ тренировочн~ тест теста тестом тестов~ тестировани~
            проверка проверки проверкой имитаци~ имитационн~ симуляци~ репетици~ маневры маневрами упражнение обучение
            обучением инсценировк~ пробн~
            ucheniya uchenia uchebnaya trenirovka""",
    },
    "SOFT": {"en": "training practice test tests"},  # `no training needed` says nothing
    "DRILLS": {
        "uk": "навчань тренувань",
        "ru": "учений учения тренировки",
    },
    "AFTERIN": {"uk": "навчаннях навчальн~ тренувальн~", "ru": "учениях учебн~ тренировочн~"},
    "DRILLING": {
        "uk": "тренуємося тренуємось жартуємо граємося граємось",
        "en": "training drilling exercising practising practicing rehearsing testing pretending simulating kidding joking",
        "ru": "тренируемся шутим играем",
    },
    "PRETENCE": {
        "uk": "жарт жарти жартом розіграш гра грою ігри фейк вигадка постановка кіно фантазія",
        "en": "joke jokes joking kidding hoax prank game fake fiction fictional staged pretend movie film",
        "ru": "шутка шутки шуткой розыгрыш игра игрой игры фейк выдумка постановка кино фантазия",
    },
    "FALSE": {"uk": "хибн~ фальшив~ умовн~", "en": "false hoax", "ru": "ложн~ фальшив~ условн~"},
    "EDUCATION": {  # the same words in a school, a gym, a workshop
        "uk": """заклад~ рік року році роки корпус~ процес~ план~ предмет~ посібник~ матеріал~ курс~ програм~ день дня
            дні днем час часу годин~ семестр~ клас~ дисциплін~ центр~ частин~ відпустк~ аудиторі~ приміщенн~ фільм~
            відео полігон~ літератур~ книг~ документ~ квитк~ паспорт~ знань багаж~ ковід дітей учнів школярів студентів
            комплекс~ на""",
        "en": """book books bike bikes bit bits press hole holes hall halls sergeant instructor instructors ground
            grounds area areas zone site sites control director staff participant participants player players plan
            plans tube tubes kit kits result results sample samples drive drives flight flights pilot pilots centre
            center room rooms course courses manual manuals material materials machine rig rigs mat mats class classes
            facility strip strips certificate caution restraint patience power powers rights officer officers call
            calls""",
        "ru": """заведени~ год года году годы корпус~ процесс~ план~ предмет~ пособи~ материал~ курс~ программ~ день
            дня дни час часы семестр~ класс~ дисциплин~ центр~ част~ отпуск~ аудитори~ помещени~ фильм~ видео полигон~
            литератур~ книг~ документ~ билет~ паспорт~ знани~ багаж~ ковид детей учеников школьников студентов на""",
    },
    "SCHOOLING": {
        "uk": "очн~ заочн~ дистанційн~ вищ~ шкільн~ змішан~ професійн~ онлайн спортивн~",
        "en": """good bad single driving blood pregnancy covid pcr breathing physical easy difficult perfect successful
            power electric cordless hammer dental""",
        "ru": "очн~ заочн~ дистанционн~ высш~ школьн~ смешанн~ профессиональн~ онлайн спортивн~",
    },
    "VIRTUE": {"en": "courage strength character faith will endurance patience loyalty nerves nerve knowledge skill"},
    # what the exercise mark denies
    "REAL": {
        "uk": "справжн~ реальн~ всамділишн~",
        "en": "real actual genuine authentic legit bona-fide",
        "ru": "настоящ~ реальн~ подлинн~",
    },
    "COMBAT": {"uk": "бойов~", "ru": "боев~"},
    "LIVE": {"en": "live"},
    "REALLY": {
        "uk": "насправді справді дійсно реально взаправду вправду",
        "en": "really actually truly genuinely",
        "ru": "действительно реально взаправду вправду",
    },
    "HAPPENING": {
        "uk": "відбувається відбуваються діється сталося трапилося",
        "en": "happening",
        "ru": "происходит происходят случилось",
    },
    "ATTACKED": {
        "uk": "атакують атакували бомблять обстрілюють напали",
        "en": "attacked bombed shelled",
        "ru": "атакуют атаковали бомбят обстреливают напали",
    },
    "BECAME": {
        "uk": "перетворилося перетворилось перетворилися перетворились перетворюється перетворюються",
        "en": "turned turns turning became become becomes",
        "ru": "превратилось превратились превращается превращаются",
    },
    "GENERIC": {
        "uk": "завжди має матиме може могла могло відрізняється означає важливіша звучить повідомить повідомлять оголосить оголосять",
        "en": "always never would may might can could takes overrides differs looks comes means",
        "ru": "всегда имеет может могла могло отличается означает важнее звучит сообщит сообщат объявит объявят",
    },
    "ALERTS": {
        "uk": "тривоги сигнали сповіщення",
        "en": "alerts alarms warnings emergencies",
        "ru": "тревоги сигналы оповещения",
    },
    "IF": {  # opens a clause about what is not so now
        "uk": "якщо коли якби наче неначе ніби нібито немов немовби мов чи уявіть уявімо уяви припустімо",
        "en": "if when whenever unless until whether pretend imagine suppose",
        "ru": "если когда будто словно ли представьте допустим",
    },
    "CASE": {"uk": "разі випадку випадок", "ru": "случае случай"},
    "UNREAL": {  # directly before a real alert, speaks of some other one
        "uk": """в у при до від для на без як ніж чим після перед між час відпрацюйте
            відпрацьовуємо відпрацюванн~ імітаці~ імітує імітують симуляці~ моделюванн~ сценарі~""",
        "en": """in during after before for from to than like unlike between every any with without simulates
            simulate simulated simulating simulation rehearse rehearses rehearsing practise practice resembles mimics
            imitates""",
        "ru": """в во при до от для на к ко без как чем после перед между время отработайте отрабатываем
            отработка имитаци~ имитирует имитируют симуляци~ моделировани~ сценари~""",
    },
    "OR": {"uk": "чи або", "en": "or", "ru": "или"},
    # the mark itself, and what may be said against it
    "LABEL": {
        "uk": """позначк~ помітк~ мітк~ маркуванн~ слово слова словом слову слів напис~ плашк~ ярлик~ примітк~
            заголовок заголовку префікс~ штамп~ гриф~""",
        "en": """mark marks marking markings marker markers label labels tag tags banner banners word words prefix header
            footer note stamp caption sticker watermark notice disclaimer heading""",
        "ru": """пометк~ метк~ маркировк~ слово слова словом слову слов надпис~ плашк~ ярлык~ примечани~ заголовок
            заголовку префикс~ штамп~ гриф~ отметк~""",
    },
    "IGNORE": {
        "uk": """ігноруй ігноруйте проігноруйте ігнорувати ігноруємо знехтуй знехтуйте нехтуй нехтуйте забудь забудьте відкиньте
            приберіть видаліть""",
        "en": "ignore disregard forget overlook neglect dismiss discount remove delete drop strip",
        "ru": "игнорируй игнорируйте проигнорируйте игнорировать игнорируем забудь забудьте отбросьте уберите удалите",
    },
    "HEED": {
        "uk": "зважай зважайте зважати звертай звертайте звертати вір вірте вірити довіряй довіряйте",
        "en": "heed mind trust believe",
        "ru": "обращай обращайте обращать верь верьте верить доверяй доверяйте смотрите",
    },
    "WRONG": {
        "uk": "помилк~ помилц~ помилков~ хибн~ невірн~ неправильн~ недійсн~ збій описка",
        "en": """mistake mistaken mistakenly error erroneous erroneously wrong wrongly false falsely incorrect
            incorrectly invalid inaccurate glitch bug typo misprint outdated obsolete ignored disregarded""",
        "ru": "ошибк~ ошибоч~ ошибочн~ неверн~ неправильн~ недействительн~ сбой опечатка",
    },
    "VALID": {
        "uk": "діє відповідає дійсн~ правильн~ вірн~ актуальн~ стосується",
        "en": "apply applies valid true correct right",
        "ru": "действует соответствует действительн~ правильн~ верн~ актуальн~ относится",
    },
    "MARKED": {
        "uk": "позначен~ названо названа вказано оголошено",
        "en": "marked labelled labeled tagged flagged called announced described mislabelled mislabeled mismarked",
        "ru": "помечен~ назван~ указано объявлено объявлена",
    },
    "DESPITE": {
        "uk": "незважаючи всупереч попри",
        "en": "despite regardless notwithstanding contrary",
        "ru": "несмотря вопреки",
    },
    "TREAT": {
        "uk": """вважай вважайте вважати вважаймо сприймай сприймайте сприймати сприймаймо трактуйте розглядайте
            приймайте поставтеся ставтеся""",
        "en": "treat consider regard handle view take assume",
        "ru": "считай считайте считать воспринимай воспринимайте воспринимать рассматривайте принимайте отнеситесь относитесь",
    },
    "CONFUSE": {
        "uk": "плутайте сплутайте переплутайте",
        "en": "confuse mistake",
        "ru": "путайте спутайте перепутайте",
    },
    "THINK": {
        "uk": "думай думайте думати подумай подумайте вважай вважайте вважати кажіть кажи казати повідомляйте оголошуйте",
        "en": "think thinking believe assume suppose consider call say tell announce imagine",
        "ru": "думай думайте думать подумай подумайте считай считайте считать говори говорите говорить сообщайте объявляйте",
    },
    "AS": {"uk": "як за з із зі", "en": "as for with", "ru": "как за с со"},
    "RELATED": {
        "uk": "пов'язані пов'язана пов'язано пов'язаний стосується стосуються частина частиною стосунку відношення",
        "en": "related connected linked part to-do",
        "ru": "связаны связана связано связан относится относятся часть частью отношения",
    },
    "CEASED": {"uk": "перестало перестали перестала", "en": "stopped ceased", "ru": "перестало перестали перестала"},
    "PERSON": {"en": "who anyone those people residents persons players bystanders public passers vehicles"},
    "HELD": {
        "uk": "проводиться проводяться проводимо проводять триває тривають",
        "en": "held conducted take",
        "ru": "проводится проводятся проводим проводят идут идет",
    },
    "GRAMMAR": {  # words that end the reach of a denial
        "uk": "а й та що щоб який які всі усі ці ті мої наші ваші його її їх ми ви він вона вони хто",
        "en": """and or but because so of to with from who which was were has had have will on by into about than then
            there here you we she his her their our my i if when while until after before during over under up down
            out off through apply supply reply rely comply fly""",
        "ru": "а и что чтобы который которые все эти те мои наши ваши его её их мы вы он она они кто",
    },
}

ENDINGS = {
    "uk": """а я у ю е є і ї и й о ь ою ею єю ій ий ої ого ому им ими их ьої ьою ього ьому ьо ів їв іх іми ям ях ями ам
        ах ами ом ем єм ові""",
    "ru": """а я у ю е и ы й о ь ою ею ей ой ий ый ого ому его ему им ими их ым ыми ых ая яя ое ее ые ие ую юю ов ев ям
        ях ями ам ах ами ом ем ью""",
    "en": "",
}
