"""What contradicts the exercise mark is refused at its place; what agrees with it, or is about other things, is not."""

import re
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alertsim import contradiction
from alertsim.contradiction import Contradiction, alphabet, contradictions, grammar, sentences
from alertsim.contradiction.lexicon import Lexicon
from alertsim.contradiction.words import words

# The phrase expected stands in ⟦ ⟧.
REFUSED = {
    "en": """
        ⟦this is not a drill⟧
        BALLISTIC MISSILE THREAT INBOUND. SEEK SHELTER. ⟦THIS IS NOT A DRILL⟧.
        Loudspeaker: ⟦This is NO exercise⟧, proceed to the shelter
        ⟦this is definitely not just another drill⟧
        ⟦This is not the usual Friday test⟧
        ⟦It was not an air raid drill⟧ at all
        ⟦It’s not a drill⟧
        They say it ain't ⟦no drill⟧
        This ⟦can't be a drill⟧
        Attention! ⟦Not exercise⟧!
        ⟦This is no longer an exercise⟧
        By all signs ⟦no drill⟧ today
        ⟦No test⟧, take cover
        This is in ⟦no way a drill⟧
        ⟦This alarm is no practice⟧ run
        ⟦This is not a dry run⟧
        ⟦This is not for training⟧ purposes
        ⟦This is not a test⟧ of the emergency alert system
        ⟦Don't think this is a drill⟧
        You should ⟦not take this for a drill⟧
        Do ⟦not mistake this for an exercise⟧
        Do ⟦not think of this as an exercise⟧
        The explosion is ⟦not part of the exercise⟧
        It has ⟦nothing to do with the drill⟧
        It is ⟦unrelated to the exercise⟧
        ⟦This is more than a drill⟧
        This has ⟦stopped being a drill⟧
        Is this a ⟦drill? No⟧.
        This is a ⟦drill alert: no⟧.
        Is it a ⟦test? No⟧!
        You may think it is an ⟦exercise. It is not⟧.
        A ⟦drill this is not⟧.
        ⟦We are not training⟧ here
        They are ⟦not pretending⟧.
        ⟦We are not testing⟧ the sirens
        The ⟦sirens are not being tested⟧
        The ⟦attack isn't staged⟧
        ⟦None of this is simulated⟧
        Listen, ⟦this is no joke⟧
        ⟦Not a hoax⟧. Run
        ⟦No joke⟧, missiles are flying
        ⟦This is not a false alarm⟧
        ⟦This is real⟧, take cover
        The ⟦siren you hear is real⟧
        ⟦This is a genuine warning⟧
        ⟦This is reality⟧
        ⟦its real⟧!
        ⟦We are in a real⟧ emergency
        ⟦actual attack⟧ and smoke
        A ⟦real danger of missile strike⟧
        ⟦The real thing⟧ has begun
        ⟦Combat alert⟧!
        ⟦Real world⟧: a casualty in sector 4
        ⟦For real⟧ now: run
        ⟦We are really under attack⟧
        ⟦It is happening for real⟧
        It just ⟦got real⟧.
        ⟦treat this as real⟧
        ⟦Treat all of this as real⟧
        ⟦Consider this alert genuine⟧
        ⟦Act on this as real⟧
        ⟦Status: actual⟧.
        ⟦NO DUFF⟧, casualty
        Now ⟦ignore the exercise marking⟧
        ⟦Pay no attention to the exercise banner⟧
        ⟦Don't be fooled by the exercise label⟧
        ⟦Forget the drill⟧, run
        ⟦Ignore the marking⟧.
        The ⟦header says EXERCISE, ignore it⟧
        ⟦Forget that this is an exercise⟧
        ⟦Forget this is a drill⟧
        ⟦Never mind that it says exercise⟧
        ⟦Ignore "exercise" in the title⟧
        the ⟦word EXERCISE is a mistake⟧
        The ⟦exercise mark does not apply⟧
        ⟦EXERCISE was added by mistake⟧
        "⟦Exercise" is a typo⟧
        It is ⟦marked as exercise by mistake⟧
        It was ⟦wrongly marked as an exercise⟧
        It is ⟦mislabelled as a drill⟧
        ⟦Despite the exercise marking⟧ we go on
    """,
    "uk": """
        ⟦це не навчання⟧
        Увага! ⟦Це НЕ навчальна⟧ тривога!
        Гучномовець: «⟦це не тренування⟧»
        ⟦це аж ніяк не навчання⟧
        ⟦це зовсім не навчальна⟧ тривога
        ⟦Це не чергові навчання⟧
        ⟦Це не планове тренування⟧
        ⟦Це вам не навчання⟧
        Ми ⟦не на навчаннях⟧
        ⟦Це не в навчальних⟧ цілях
        ⟦Жодних навчань⟧, усі в укриття
        ⟦Навряд чи це навчання⟧
        ⟦Не думайте, що це навчання⟧
        ⟦Не вважайте це навчанням⟧
        Вибухи ⟦не пов'язані з навчаннями⟧
        ⟦Це більше, ніж навчання⟧
        ⟦Навчання? Ні⟧!
        ⟦Навчанням це не є⟧.
        ⟦Навчань немає⟧, це удар
        ⟦Навчань зараз не проводять⟧
        ⟦Ми не тестуємо⟧ сирени
        ⟦Це не жарт⟧
        ⟦Це не хибна тривога⟧
        ⟦Загроза не умовна⟧ спускайтеся
        ⟦Справжня повітряна тривога⟧ в місті
        ⟦Тривога справжня⟧ спускайтеся
        ⟦Це попередження справжнє⟧ спускайтеся
        ⟦Тривога є справжньою⟧ спускайтеся
        ⟦Тривога, яку ви чуєте, справжня⟧
        ⟦Повітряна тривога (СПРАВЖНЯ⟧)
        ⟦Це дійсна тривога⟧
        Оголошено ⟦бойову тривогу⟧
        ⟦Тривога бойова⟧!
        Цього разу ⟦по-справжньому⟧.
        ⟦Все по-справжньому⟧ хлопці
        ⟦Це справді атака⟧
        ⟦Це відбувається насправді⟧
        ⟦Це насправді⟧!
        Нас ⟦справді атакують⟧
        Навчання ⟦перетворилися на справжню атаку⟧
        ⟦Вважайте справжнім⟧.
        ⟦ігноруйте позначку навчання⟧
        ⟦Не зважайте на слово «навчання⟧»
        ⟦Забудьте, що це навчання⟧
        ⟦позначка «навчання» помилкова⟧
        ⟦Мітка «навчання» не діє⟧
        «⟦Навчання» — це помилка⟧
        ⟦помилково позначено як навчання⟧
    """,
    "ru": """
        ⟦это не учения⟧
        Внимание! Тревога ⟦не учебная⟧!
        ⟦Это не учебная⟧ тревога
        ⟦Это вовсе не тренировка⟧
        ⟦Это не очередные учения⟧
        ⟦неучебная⟧ эвакуация
        ⟦Никаких учений⟧, все в укрытие
        Да ⟦какие там учения⟧, бегите
        ⟦Не думайте, что это учения⟧
        Взрывы ⟦не имеют отношения к учениям⟧
        ⟦Учения? Нет⟧!
        ⟦учений сегодня нет⟧
        Сейчас ⟦учения не проводятся⟧
        ⟦Это не шутка⟧
        ⟦настоящая тревога⟧
        ⟦Реальный ракетный удар⟧ по городу
        ⟦Это настоящее предупреждение⟧
        ⟦Ракеты настоящие⟧ бегите
        ⟦Боевая тревога⟧
        Звучит ⟦настоящий сигнал тревоги⟧
        ⟦Это происходит на самом деле⟧
        На нас ⟦действительно напали⟧
        ⟦считайте это настоящей тревогой⟧
        ⟦Воспринимайте эту тревогу как настоящую⟧
        ⟦игнорируйте пометку учения⟧
        ⟦слово «учения» — ошибка⟧
    """,
}

DISGUISED = {
    "en": r"""
        ⟦tHiS iS nOt A dRiLl⟧
        ⟦THIS\n  IS\n\n NOT\tA   DRILL⟧
        ⟦This, is… not — a -- drill⟧!
        ⟦this_is_not_a_drill⟧
        #⟦ThisIsNotADrill⟧
        ⟦N O T  A  D R I L L⟧ now
        ⟦N.O.T A. D-R-I-L-L⟧ x y
        ⟦This. Is. No. Drill⟧. Run.
        ⟦th\u200bis is n\u00adot a dri\u2060ll\u200b⟧
        ⟦this is nót a̶ dr̈ill\u0301⟧
        ⟦ｔｈｉｓ　ｉｓ　ｎｏｔ　ａ　ｄｒｉｌｌ⟧
        ⟦𝗧𝗵𝗶𝘀 𝗶𝘀 ⓝⓞⓣ 🅰 ᴅʀɪʟʟ⟧
        ⟦this is nоt а drіll⟧
        ⟦this is nοt α drill⟧
        ⟦THIS IS NOT A DRlLL⟧
        ⟦this is n0t a dr1ll⟧
        ⟦this isn`t a drill⟧
        ⟦this is not an exer-\ncise⟧
        ⟦this is not a dr\u0000ill⟧
        ⟦this is not\u3164 a drill⟧
    """,
    "uk": r"""
        ⟦ЦЕ НЕ НАВЧА\u0301ННЯ⟧
        ⟦це нe нaвчaння⟧
        ⟦HE навчання⟧
        EXERCISE: ⟦не навчання⟧
        ⟦Ц Е   Н Е   Н А В Ч А Н Н Я⟧
        #⟦ЦеНеНавчання⟧
        ⟦це не\u200d нав\u00adчання⟧
        ⟦це/не//«навчання⟧»
        ⟦це не нав4ання⟧
        ⟦ЦE HE TECT⟧
        ⟦ne navchannya⟧, tryvoha
        ⟦це не drill⟧
    """,
    "ru": r"""
        ⟦Э т о  н е  у ч е н и я⟧
        ⟦это нe учeния⟧
        ⟦НЕ-УЧЕБНАЯ⟧ ТРЕВОГА
        ⟦это не уче\u0301ния⟧
    """,
}

HARMLESS = r"""
    do not drill holes
    Never test a pipe with fire
    Evacuation is not a test of courage
    The drill was not postponed
    Rehearse what to do in a real alert
    In a real alert follow the official signal
    In the event of a real attack call 112
    When a real alert sounds, the exercise stops
    If this is real, the siren sounds three times
    Had this been an actual emergency, you would have been told where to go
    Should a real alert be declared, the exercise ends
    A real alert always comes before the exercise
    A real alert may come at any time
    A real siren is not used
    We do not use real sirens
    This is what a real alert sounds like
    The real fire brigade is on call
    The scenario is based on a real attack
    The drill alarm is not the same as the real alarm
    Learn to tell a drill from a real alert
    Know the difference between a drill and a real alert
    The number for a real emergency is 112
    Respond as if it were a real attack
    This is not a real alert
    not a real all-clear
    None of this is real
    Not every alert is real
    Do not mistake this for a real alert
    Is this a real alert or a drill?
    This is a drill, not an alert
    This is only a test of the sirens
    Real alert? No, a drill.
    Don't panic, this is a drill
    Do not panic this is only a drill
    Exercise control
    EXERCISE EXERCISE EXERCISE
    ENDEX: the exercise is over
    no exercise books
    This is not an exercise book
    This is not a good drill hall
    No training needed to help
    No drill can replace experience
    No drill was held on Friday
    Residents who are not part of the exercise stay at home
    The centre offers not only training but also advice
    Whether or not a drill is announced, know your shelter
    Covid test: negative
    Do not ignore the exercise marking
    The exercise marking is not a mistake
    Report errors in exercise messages to control
    Every message carries the word EXERCISE
    see notadrill.example
    the protest was not a contest
    the real cause of the fire
    actual strike time 03:00
    a real hero
    the school (навчальний заклад) was not damaged
    Це не справжня тривога
    навчання
    це навчання
    Ні, навчання.
    не йдіть на навчання без документів
    Не переривайте тренування
    навчальний заклад не працює
    це не навчальний заклад
    Понеділок не навчальний день
    не дистанційне навчання
    не перевірка документів
    Центр проводить не лише навчання, а й консультації
    Жодне навчання не замінить досвіду
    Це не атака, а навчання
    У разі справжньої тривоги прямуйте в укриття
    Якщо пролунає справжня тривога, навчання припиняють
    не плутайте навчання зі справжньою тривогою
    Чи це справжня тривога?
    Реальної загрози немає
    Справжньої тривоги не оголошено
    Справжні тривоги надходять із застосунку
    Про справжню тривогу повідомить застосунок
    Так звучить справжня тривога
    Тривога не справжня, а навчальна
    Не вмикайте справжні сирени
    Не ігноруйте позначку «навчання»
    Бойові дрони над містом
    Це справжнє диво
    реальна кількість постраждалих
    Це реально зробити за п'ять хвилин
    Учні не запізнилися на навчання
    повітряна тривога
    это не настоящая тревога
    учебная тревога
    учебное заведение не работает
    не учебная литература
    Не прерывайте учения
    ученики и учёные не пострадали
    Это не нападение, это учения
    Настоящее предупреждение действует до 18:00
    в настоящее время угрозы нет
    при реальной тревоге
    как будто это настоящая тревога
    Тревога настоящая или учебная?
    Реальных жертв нет
    Почему нет тестового сигнала?
    Не боевая тревога
    боевая часть ракеты
    с его дня рождения учения не отменяли
    53 injured, six of them children
"""


def _lines(block: str) -> list[str]:
    """The lines of a table, with the escapes of unseen characters resolved."""
    return [re.sub(r"\\(?:u(....)|(.))", _unescaped, line.strip()) for line in block.split("\n") if line.strip()]


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16)) if found[1] else {"n": "\n", "t": "\t"}[found[2]]


def _marked(marked: str) -> tuple[str, int, int]:
    """The text without its ⟦ ⟧, and where the phrase between them starts and ends."""
    return re.sub("[⟦⟧]", "", marked), marked.index("⟦"), marked.index("⟧") - 1


def _line_and_column(text: str, offset: int) -> tuple[int, int]:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


CASES = [
    (language, marked)
    for table in (REFUSED, DISGUISED)
    for language, block in table.items()
    for marked in _lines(block)
]
PLAIN = [_marked(marked)[0] for _, block in REFUSED.items() for marked in _lines(block)]


@pytest.mark.parametrize(("language", "marked"), CASES)
def test_contradiction_is_refused_at_its_place(language: str, marked: str) -> None:
    """The phrase is found where it stands, in its own language."""
    text, start, end = _marked(marked)
    assert contradictions(text) == (Contradiction(start, end, text[start:end], language),)


@pytest.mark.parametrize("text", _lines(HARMLESS))
def test_harmless_text_is_accepted(text: str) -> None:
    """Ordinary sentences with the same words are left to their author."""
    assert contradictions(text) == ()


def test_place_becomes_line_and_column() -> None:
    """Offsets count code points of the text as written, whatever the letters are made of."""
    text = "Навча\u0301ння, день 2 🚨\nУвага:\tце\u00ad нe нaвчaння!\n"
    (found,) = contradictions(text)
    assert _line_and_column(text, found.start) == (2, 8)
    assert found.phrase == "це\u00ad нe нaвчaння"


def test_several_contradictions_come_in_order() -> None:
    """Each phrase is reported once, in the order of the text."""
    text = "Real attack! Це не навчання. This is not a drill, I repeat, not a drill."
    assert [(found.phrase, found.language) for found in contradictions(text)] == [
        ("Real attack", "en"),
        ("Це не навчання", "uk"),
        ("This is not a drill", "en"),
        ("not a drill", "en"),
    ]


def test_message_says_what_to_do() -> None:
    """One sentence: the phrase on one line, why it is refused and how to reword; a long phrase is shortened."""
    (found,) = contradictions("this is\n not a drill")
    assert str(found) == (
        "“this is not a drill” contradicts the exercise mark that every message carries: leave it out, "
        "or tell what happens without calling it real or no exercise"
    )
    (long,) = contradictions("not a " + "x" * 200 + " drill")
    assert str(long).startswith("“not a " + "x" * 73 + "…” contradicts")


WORDS = st.one_of(
    st.sampled_from(PLAIN).flatmap(lambda text: st.sampled_from(text.split())),
    st.text("aаеeнHнТtиnоoр пt\u0301\u200b'’-.,?! ㄱﬀ№㏂½\n", max_size=6),
    st.text(max_size=4),
)
PROSE = st.sampled_from(["", "Сирена о третій. ", "Two people are injured;\n", "Пожар потушен! ", "— "])


@given(st.lists(WORDS, max_size=30), st.sampled_from([" ", "", "\n", ". ", "\u200b", "-"]))
def test_any_text_is_read(written: list[str], gap: str) -> None:
    """No text raises; spans are in order, apart, not empty, and hold the phrase they name."""
    text = gap.join(written)
    found = contradictions(text)
    assert all(0 <= each.start < each.end <= len(text) for each in found)
    assert all(each.phrase == text[each.start : each.end] for each in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


@given(st.sampled_from(CASES), PROSE, PROSE)
def test_prose_around_does_not_hide(case: tuple[str, str], before: str, after: str) -> None:
    """A refused phrase stays refused inside harmless prose, at the shifted place."""
    text, start, end = _marked(case[1])
    shifted = [
        (found.start - len(before), found.end - len(before)) for found in contradictions(f"{before}{text}. {after}")
    ]
    assert shifted == [(start, end)]


@given(st.sampled_from(PLAIN), st.sampled_from([str.upper, str.lower, str.title, str.swapcase, str.casefold]))
def test_case_does_not_hide(text: str, changed: object) -> None:
    """Capitals say the same as small letters."""
    assert callable(changed)
    assert contradictions(changed(text))


@given(st.sampled_from(_lines(HARMLESS)), st.sampled_from([str.upper, str.lower, "\u00ad".join, "\u0301".join]))
def test_disguise_does_not_accuse(text: str, changed: object) -> None:
    """A harmless text stays harmless in capitals, and with characters nobody sees."""
    assert callable(changed)
    assert contradictions(changed(text)) == () or "notadrill" in text


@given(st.sampled_from(PLAIN), st.sampled_from(["\u00ad", "\u200b", "\u0301", "\ufeff", "\u2060"]))
def test_unseen_characters_do_not_hide(text: str, unseen: str) -> None:
    """Soft hyphens, zero-width characters and accents after every letter change nothing."""
    assert contradictions(unseen.join(text))


LATIN, CYRILLIC = "aceiopxyABCEHIKMOPTX", "асеіорхуАВСЕНІКМОРТХ"


@given(st.sampled_from(PLAIN), st.data())
def test_look_alikes_do_not_hide(text: str, data: st.DataObject) -> None:
    """Any letters of a phrase may come from the other alphabet."""
    twins = dict(zip(LATIN + CYRILLIC, CYRILLIC + LATIN, strict=True))
    swapped = [twins[letter] if letter in twins and data.draw(st.booleans()) else letter for letter in text]
    assert contradictions("".join(swapped))


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a ",
        "not ",
        "not a ",
        "це не ",
        "this is a ",
        "if ",
        "drill",
        "D R I L L ",
        "not. ",
        " - ",
        "\u0301",
        "not just real ",
    ],
)
def test_time_is_linear(unit: str) -> None:
    """Four times the text takes about four times as long, not sixteen, whatever it repeats."""
    assert _seconds(unit, 80_000) < 10 * _seconds(unit, 20_000) + 0.1


def _seconds(unit: str, length: int) -> float:
    text = (unit * length)[:length]
    taken = []
    for _ in range(2):
        begun = time.process_time()
        contradictions(text)
        taken.append(time.process_time() - begun)
    return min(taken)


PATTERNS = [
    (claim, kind, pattern)
    for claim in grammar.CLAIMS
    for kind in ("agrees", "contradicts")
    for pattern in getattr(claim, kind)
]


SPOKEN = [
    words(text, contradiction._LEXICON) for text in (*_lines(HARMLESS), *(_marked(marked)[0] for _, marked in CASES))
]


def _places() -> list[list[tuple[int, int]]]:
    """Where each text above contradicts."""
    return [[(phrase[0].start, phrase[-1].end) for phrase in sentences.contradicting(spoken)] for spoken in SPOKEN]


@pytest.mark.parametrize(("claim", "kind", "pattern"), PATTERNS)
def test_every_pattern_is_needed(
    claim: grammar.Claim, kind: str, pattern: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without it some text above is judged otherwise: the tables here say what each pattern is for."""
    judged = _places()
    rest = tuple(each for each in getattr(claim, kind) if each != pattern)
    less = claim._replace(agrees=rest) if kind == "agrees" else claim._replace(contradicts=rest)
    searches = dict(zip(grammar.CLAIMS, sentences._CLAIMS, strict=True)) | {
        claim: (alphabet.about(less), alphabet.expression(less))
    }
    monkeypatch.setattr(sentences, "_CLAIMS", tuple(searches.values()))
    assert _places() != judged


@pytest.mark.parametrize("language", list(alphabet.LANGUAGES))
def test_every_part_is_explained(language: str) -> None:
    """A language lists words only for parts that the grammar explains."""
    assert alphabet.LANGUAGES[language].keys() <= grammar.PARTS.keys()


def test_every_name_in_a_pattern_means_something() -> None:
    """Each name is a part that some language has words for, a word, or one of the four that the grammar defines."""
    named = {name for _, _, pattern in PATTERNS for name in alphabet.names(alphabet.unfolded(pattern))}
    listed = {part for parts in alphabet.LANGUAGES.values() for part in parts}
    assert {name for name in named if name.isupper()} <= listed | {"OTHER", "ANY", "PAUSE", "ASKED"}
    assert listed - named == {"SCHOOLING"}


@pytest.mark.parametrize(("claim", "kind", "pattern"), PATTERNS)
def test_pattern_is_in_the_notation(claim: grammar.Claim, kind: str, pattern: str) -> None:
    """Nothing of the notation is left over for the expression, and a contradiction names what its claim is about."""
    assert not re.search(
        r"[~_<>A-Za-z]", alphabet.expression(claim._replace(agrees=(pattern,))).pattern.replace("(?<", "")
    )
    if kind == "contradicts":
        assert set(claim.about.split("/")) & set(alphabet.names(alphabet.unfolded(pattern)))


def test_letters_fall_into_the_fewest_words() -> None:
    """Glued letters are divided only if all belong to words; spaced ones leave the fewest unknown."""
    lexicon = Lexicon(["a", "no", "not", "drill", "tad"], telling=["drill"])
    assert lexicon.divided("notadrill", unknown=0) == ["not", "a", "drill"]
    assert lexicon.divided("notadrillx", unknown=0) == []
    assert lexicon.divided("xnotadrill", unknown=11) == ["x", "not", "a", "drill"]
