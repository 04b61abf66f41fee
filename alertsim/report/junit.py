"""A report for a CI system: a test case for each expectation and each objective, and one for the recording itself."""

from xml.etree.ElementTree import Element, SubElement, tostring

from alertsim.report.reported import Report
from alertsim.report.told import expectation


def as_junit(report: Report) -> bytes:
    """JUnit XML: what failed is a failure, what a recording cannot tell is skipped."""
    suite = Element("testsuite", name=f"alertsim report {report.about.name}")
    for each in report.expected:
        name = f"{each.entry}: {each.who} {each.what} within {each.within_ms / 1000:g} s"
        case = SubElement(suite, "testcase", classname="alertsim.expectation", name=name)
        if each.failed:
            SubElement(case, "failure", message=expectation(each, "en"))
        elif each.verdict != "met":
            SubElement(case, "skipped", message=expectation(each, "en"))
    for objective in report.about.scenario.objectives if report.about.scenario else ():
        case = SubElement(suite, "testcase", classname="alertsim.objective", name=objective.id)
        own = [each for each in report.expected if each.objective == objective.id]
        if failed := sum(each.failed for each in own):
            SubElement(case, "failure", message=f"{failed} of {len(own)} expectations were not met")
        elif not any(each.verdict == "met" for each in own):
            SubElement(case, "skipped", message="for the evaluator")
    case = SubElement(suite, "testcase", classname="alertsim.recording", name="whole")
    if report.about.damage or not report.about.finished:
        SubElement(case, "failure", message=report.about.damage or "it has no proper end")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))
    document: bytes = tostring(suite, encoding="utf-8", xml_declaration=True)
    return document
