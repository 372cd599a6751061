import Fingerpost
import Foundation
import GuidelineStore
import Platform

/// Changes to rules that reviews propose, as a file that a person reads and edits: JSON Lines, a header, then a line for each
/// change and each conflict.
///
///     {"plan":"fingerpost-curation","format":1,"library":"…","libraryVersion":7,"edits":2,"conflicts":1}
///     {"accept":true,"rule":"g1","version":3,"kind":"example","text":"…","reason":"…","sources":[{"decision","lines"}],"reviewers":["ann"]}
///     {"accept":true,"rule":"g1","version":3,"kind":"threshold","threshold":0.52,"from":0.47,"reason":"…",…}
///     {"conflict":{"rule":"g2","text":"…","sources":[…]}}
public struct CurationPlan: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
        case example(String)
        case counterexample(String)
        case threshold(Double, from: Double?)

        public var kind: String {
            switch self {
            case .example: "example"
            case .counterexample: "counterexample"
            case .threshold: "threshold"
            }
        }
    }

    public struct Edit: Sendable, Hashable {
        /// Whether it is to be made.
        public var accept = true
        public var rule: String
        /// The version of the rule that it is a change of.
        public var version: Int
        public var change: Change
        public var traces: [CurationTrace]
        public var reason: String
    }

    /// A text of which reviewers say both that a rule applies to it and that it does not.
    public struct Conflict: Sendable, Hashable {
        public var rule: String
        public var text: String
        public var traces: [CurationTrace]
    }

    public var libraryID: String
    public var libraryVersion: Int
    public var edits: [Edit] = []
    public var conflicts: [Conflict] = []
    /// Rules that notes name and the library does not have.
    public var unknownRules: [String] = []

    public init(libraryID: String, libraryVersion: Int) {
        (self.libraryID, self.libraryVersion) = (libraryID, libraryVersion)
    }

    // MARK: File

    static let name = "fingerpost-curation"
    static let format = 1

    /// Writes the plan in the place of what is there, as a whole.
    public func write(to path: String) throws {
        try AtomicFile.write(to: path) { file in
            try file.write(
                #"{"plan":"\#(Self.name)","format":\#(Self.format),"library":\#(JSONValue.string(libraryID).jsonText),"#
                    + #""libraryVersion":\#(libraryVersion),"edits":\#(edits.count),"conflicts":\#(conflicts.count)}"#
                    + "\n")
            for edit in edits { try file.write(edit.json.jsonText + "\n") }
            for conflict in conflicts {
                let members: [String: JSONValue] = [
                    "rule": .string(conflict.rule), "text": .string(conflict.text),
                    "sources": conflict.traces.sourcesJSON, "reviewers": conflict.traces.reviewersJSON,
                ]
                try file.write(JSONValue.object(["conflict": .object(members)]).jsonText + "\n")
            }
        }
    }

    /// Reads a plan, edited or not: lines may have been taken out, and `accept` set to false.
    ///
    /// - Throws: ``GuardrailsError/invalidPlan(_:problem:)`` with the line at fault; ``GuidelineStoreError`` where the file
    ///   cannot be read.
    public init(contentsOf source: InputSource) throws {
        let reader = try JSONLinesReader(source)
        guard let header = try reader.next() else { throw GuidelineStoreError.emptyFile(path: source.name) }
        guard header.members["plan"] == .string(Self.name), header.members["format"] == .integer(Self.format),
            case .string(let library)? = header.members["library"],
            case .integer(let version)? = header.members["libraryVersion"]
        else {
            throw GuardrailsError.invalidPlan(
                header.location, problem: "it is not the first line of a plan that curate wrote")
        }
        self.init(libraryID: library, libraryVersion: version)
        while let line = try reader.next() {
            guard line.members["conflict"] == nil else { continue }
            edits.append(try Edit(line))
        }
    }
}

extension CurationPlan.Edit {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "accept": .bool(accept), "rule": .string(rule), "version": .integer(version), "kind": .string(change.kind),
            "reason": .string(reason), "sources": traces.sourcesJSON, "reviewers": traces.reviewersJSON,
        ]
        switch change {
        case .example(let text), .counterexample(let text): members["text"] = .string(text)
        case .threshold(let threshold, let from):
            members["threshold"] = .number(threshold)
            members["from"] = from.map(JSONValue.number) ?? .null
        }
        return .object(members)
    }

    fileprivate init(_ line: JSONLine) throws {
        func fault(_ problem: String) -> GuardrailsError { .invalidPlan(line.location, problem: problem) }
        func text(_ name: String) throws -> String {
            guard case .string(let value)? = line.members[name], !value.isEmpty else {
                throw fault("needs the text \"\(name)\"")
            }
            return value
        }
        func number(_ name: String) -> Double? {
            switch line.members[name] {
            case .integer(let value)?: Double(value)
            case .number(let value)?: value
            default: nil
            }
        }
        guard case .bool(let accept)? = line.members["accept"] else { throw fault("needs \"accept\", true or false") }
        guard case .integer(let version)? = line.members["version"] else {
            throw fault("needs the whole number \"version\"")
        }
        let change: CurationPlan.Change
        switch try text("kind") {
        case "example": change = .example(try text("text"))
        case "counterexample": change = .counterexample(try text("text"))
        case "threshold":
            guard let threshold = number("threshold"), (-1...1).contains(threshold) else {
                throw fault("needs a \"threshold\" from -1 to 1")
            }
            change = .threshold(threshold, from: number("from"))
        case let other: throw fault("has the kind \"\(other)\"; there are example, counterexample and threshold")
        }
        var reason = ""
        if case .string(let given)? = line.members["reason"] { reason = given }
        self.init(
            accept: accept, rule: try text("rule"), version: version, change: change, traces: [], reason: reason)
    }
}

extension [CurationTrace] {
    fileprivate var sourcesJSON: JSONValue {
        .array(
            map { .object(["decision": .string($0.decision), "lines": .array($0.lines.map(JSONValue.string))]) })
    }
    fileprivate var reviewersJSON: JSONValue {
        .array(Set(flatMap(\.reviewers)).sorted().map(JSONValue.string))
    }
}

// MARK: Applying

/// What applying a plan has changed.
public struct CurationOutcome: Sendable, Hashable {
    public var libraryVersion = 0
    public var rules = 0
    public var examples = 0
    public var counterexamples = 0
    public var thresholds = 0
}

extension GuidelineLibrary {
    /// Makes the accepted changes of a plan in one transaction, and brings the index up to date.
    ///
    /// - Throws: ``GuardrailsError/foreignPlan(plan:library:)``; ``GuardrailsError/outdatedPlan(library:rules:)`` where rules
    ///   have changed or gone since the plan was made; ``GuidelineStoreError``. Then nothing has changed.
    @discardableResult
    public func apply(_ plan: CurationPlan, progress: ProgressHandler? = nil) throws -> CurationOutcome {
        guard plan.libraryID == (try libraryID) else {
            throw GuardrailsError.foreignPlan(plan: plan.libraryID, library: folder.path)
        }
        var outcome = try change(progress) { transaction in
            var outcome = CurationOutcome()
            var stale: Set<String> = []
            let edits = Dictionary(grouping: plan.edits.filter(\.accept), by: \.rule)
            for rule in edits.keys.sorted() {
                let wanted = edits[rule] ?? []
                guard var guideline = try transaction.guideline(id: rule),
                    wanted.allSatisfy({ $0.version == guideline.version })
                else {
                    stale.insert(rule)
                    continue
                }
                let before = guideline
                for edit in wanted {
                    switch edit.change {
                    case .example(let text):
                        guard !guideline.examples.contains(text) else { continue }
                        guideline.examples.append(text)
                        outcome.examples += 1
                    case .counterexample(let text):
                        guard !guideline.counterexamples.contains(text) else { continue }
                        guideline.counterexamples.append(text)
                        outcome.counterexamples += 1
                    case .threshold(let threshold, _):
                        guideline.threshold = threshold
                        outcome.thresholds += 1
                    }
                }
                guard guideline != before else { continue }
                try transaction.upsert(guideline)
                outcome.rules += 1
            }
            guard stale.isEmpty else {
                throw GuardrailsError.outdatedPlan(library: folder.path, rules: stale.sorted())
            }
            return outcome
        }
        outcome.libraryVersion = try libraryVersion
        return outcome
    }
}
