"""The English words that matter, by the part they play; `grammar.PARTS` says what each part is.

`*ly` is any word that ends so; the rest stand as they are. `he` is missing on purpose: it looks like `не`.
"""

ENGLISH = {
    # what is spoken of
    "THIS": "this that it these those they all everything it's that's they're its thats",
    "ITS": "it's that's they're thats",
    "BE": "is are was were be been being isn aren ain",
    "THING": """
        alert alarm attack attacks strike strikes raid emergency threat threats siren sirens missile missiles rocket
        rockets drone drones bomb bombs fire fires bombing bombardment shelling explosion explosions blast blasts
        incident event disaster evacuation invasion all-clear clear warning casualties victims
    """,
    "RISK": "danger dangers risk risks",
    "MESSAGE": "message warning broadcast announcement notification signal one thing deal mccoy call",
    "KIND": """
        air raid fire missile rocket drone civil defence defense nuclear chemical radiation ballistic enemy military
        evacuation emergency safety security school public world life mass incoming full scale all training siren alarm
        alert incident hostile
    """,
    # saying no
    "NOT": "not isn't aren't wasn't weren't ain't isn aren ain never neither nor non hardly",
    "NO": "no",
    "AUX": "do does did will would shall should can could may might must to please",
    "DONT": """
        don't doesn't didn't won't wouldn't shan't shouldn't can't cannot couldn't mayn't mustn't needn't nobody noone
        stop
    """,
    "ANSWER": "no nope negative false",
    # what may stand between a denial and what it denies
    "A": "a an the another any some",
    "FILLER": """
        be been being just only merely simply even longer more such mere your usual regular routine normal ordinary
        typical planned scheduled announced simple standard so too very quite now indeed fucking bloody damn mean
        however for as t really 100 percent hundred still gonna going another happening
    """,
    "SORT": "kind sort type form",
    "LINK": "constitute represent look seem feel sound mean",
    "ADJ": "*ly",
    # what the exercise mark says
    "DRILL": """
        drill drills exercise exercises test tests training simulation simulations simulated rehearsal rehearsals
        practice mock tabletop wargame roleplay imitation excercise exersise exercize
    """,
    "SOFT": "training practice test tests",
    "DRILLING": """
        training drilling exercising practising practicing rehearsing testing pretending simulating kidding joking
    """,
    "PRETENCE": "joke jokes joking kidding hoax prank game fake fiction fictional staged pretend playacting movie film",
    "FALSE": "false hoax",
    "EDUCATION": """
        book books bike bikes bit bits press hole holes hall halls sergeant instructor instructors ground grounds area
        areas zone site sites control director staff participant participants player players plan plans tube tubes kit
        kits result results sample samples drive drives flight flights pilot pilots centre center room rooms course
        courses manual manuals material materials machine rig rigs mat mats class classes facility photo photos video
        videos poster posters strip strips certificate caution restraint patience power powers rights officer officers
        call calls
    """,
    "SCHOOLING": """
        good bad single driving blood pregnancy covid pcr breathing physical easy difficult perfect successful power
        electric cordless hammer dental
    """,
    "VIRTUE": "courage strength character faith will endurance patience loyalty nerves nerve knowledge skill",
    # what the exercise mark denies
    "REAL": "real actual genuine authentic legit legitimate",
    "COMBAT": "combat",
    "TRUE": "true valid",
    "LIVE": "live",
    "REALLY": "really actually truly genuinely",
    "HAPPENING": "happening",
    "ATTACKED": "attacked bombed shelled",
    "BECAME": "turned turns turning became become becomes got gets",
    "GENERIC": "always never would takes overrides differs looks comes means",
    "MODAL": "may might can could",
    "DIFFERS": "differs differ different distinguish tell told",
    "ALARM": "alert alarm siren warning emergency",
    "ALERTS": "alerts alarms warnings emergencies",
    # what is not so now
    "IF": "if when whenever unless until whether pretend imagine suppose",
    "UNREAL": """
        in during after before than like unlike every any without simulates simulate simulated simulating simulation
        rehearse rehearses rehearsing practise practice resembles mimics imitates repeats follows recreates replays
    """,
    "OR": "or",
    # the mark, and what may be said against it
    "LABEL": """
        mark marks marking markings marker markers label labels tag tags banner banners word words prefix header footer
        note stamp caption sticker watermark notice disclaimer heading
    """,
    "IGNORE": "ignore disregard forget overlook neglect dismiss discount remove delete drop strip",
    "HEED": "heed mind trust believe fooled misled deceived confused",
    "WRONG": """
        mistake mistaken mistakenly error erroneous erroneously wrong wrongly false falsely incorrect incorrectly
        invalid inaccurate glitch bug typo misprint lie outdated obsolete ignored disregarded
    """,
    "VALID": "apply applies valid true correct right",
    "MARKED": """
        marked labelled labeled tagged flagged called announced described mislabelled mislabeled mismarked added written
        inserted typed put
    """,
    "DESPITE": "despite regardless notwithstanding contrary",
    "TREAT": "treat consider regard handle view take assume",
    "CONFUSE": "confuse mistake",
    "THINK": "think thinking believe assume suppose consider call say tell announce imagine",
    "AS": "as for with",
    "RELATED": "related connected linked part",
    "CEASED": "stopped ceased",
    "PERSON": "who anyone those people residents persons players bystanders public passers vehicles",
    "HELD": "held conducted take",
    # where the reach of a denial ends
    "GRAMMAR": """
        and or but because so of to with from who which was were has had have will on by into about than then there here
        you we she his her their our my i if when while until after before during over under up down out off through
        apply supply reply rely comply fly
    """,
}
