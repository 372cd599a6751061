// The types of the layers below that this module's interface speaks of, so that `import Guardrails` is all a program needs.

import Fingerpost
import GuidelineStore

public typealias DecisionNote = GuidelineStore.DecisionNote
public typealias DecisionRecord = GuidelineStore.DecisionRecord
public typealias DecisionTally = GuidelineStore.DecisionTally
public typealias LogTime = GuidelineStore.LogTime
public typealias Verdict = GuidelineStore.Verdict

public typealias Guideline = Fingerpost.Guideline
public typealias GuidelineFilter = Fingerpost.GuidelineFilter
public typealias GuidelineLibrary = Fingerpost.GuidelineLibrary
public typealias EvaluationQuery = Fingerpost.EvaluationQuery
public typealias InputLocation = Fingerpost.InputLocation
public typealias JSONValue = Fingerpost.JSONValue
public typealias LibraryRelease = Fingerpost.LibraryRelease
public typealias ObservedRate = Fingerpost.ObservedRate
