import Foundation
import GuidelineStore
import Platform

/// A plan as a file: JSON Lines, a header and then a line for each group and each conflict.
///
///     {"plan":"fingerpost-dedup","format":1,"library":"…","generation":7,"tiers":["exact","fuzzy"],"fuzzy":0.75,…}
///     {"accept":true,"kept":{"id":…,"version":…,"hash":…,"title":…,"text":…},"members":[{…,"tier":"fuzzy","similarity":0.9}]}
///     {"conflict":{"tier":"fuzzy","similarity":0.93,"first":{…},"second":{…}}}
extension DeduplicationPlan {
    static let name = "fingerpost-dedup"
    static let format = 1

    /// Writes the plan in the place of what is there, as a whole.
    public func write(to url: URL) throws {
        try AtomicFile.write(to: url.path) { writer in
            var bytes: [UInt8] = []
            func line(_ members: [(String, JSONValue)]) {
                bytes.removeAll(keepingCapacity: true)
                Self.append(members, to: &bytes)
                bytes.append(UInt8(ascii: "\n"))
            }
            line([
                ("plan", .string(Self.name)), ("format", .integer(Self.format)), ("library", .string(libraryID)),
                ("generation", .integer(generation)),
                ("tiers", .array(DuplicateTier.allCases.filter(tiers.contains).map { .string($0.rawValue) })),
                ("fuzzy", .number(fuzzyThreshold)), ("semantic", .number(semanticThreshold)),
                ("acrossAuthority", .bool(acrossAuthority)), ("guidelines", .integer(guidelineCount)),
                ("groups", .integer(groups.count)), ("duplicates", .integer(duplicateCount)),
                ("conflicts", .integer(conflicts.count)),
            ])
            try bytes.withUnsafeBytes { try writer.write($0) }
            for group in groups {
                line([
                    ("accept", .bool(group.accept)), ("kept", .object(group.kept.members)),
                    (
                        "members",
                        .array(
                            group.members.map {
                                .object(Self.likeness($0.tier, $0.similarity).merging($0.entry.members) { $1 })
                            })
                    ),
                ])
                try bytes.withUnsafeBytes { try writer.write($0) }
            }
            for conflict in conflicts {
                var members = Self.likeness(conflict.tier, conflict.similarity)
                members["first"] = .object(conflict.first.members)
                members["second"] = .object(conflict.second.members)
                line([("conflict", .object(members))])
                try bytes.withUnsafeBytes { try writer.write($0) }
            }
        }
    }

    private static func likeness(_ tier: DuplicateTier, _ similarity: Double) -> [String: JSONValue] {
        ["tier": .string(tier.rawValue), "similarity": .number((similarity * 10_000).rounded(.down) / 10_000)]
    }

    private static func append(_ members: [(String, JSONValue)], to bytes: inout [UInt8]) {
        var separator = UInt8(ascii: "{")
        for (name, value) in members {
            bytes.append(separator)
            separator = UInt8(ascii: ",")
            JSONValue.appendString(name, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            value.append(to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
    }

    // MARK: Reading

    /// Reads a plan, edited or not: lines of groups, and members of them, may have been taken out.
    ///
    /// - Throws: ``FingerpostError/invalidPlan(problem:_:)`` with the line at fault, ``GuidelineStoreError`` where the file
    ///   cannot be read.
    public init(contentsOf source: InputSource) throws {
        let reader = try JSONLinesReader(source)
        guard let first = try reader.next() else {
            throw FingerpostError.invalidPlan(problem: "is empty", InputLocation(file: source.name))
        }
        let header = PlanLine(first)
        guard try header.string("plan") == Self.name, try header.integer("format") == Self.format else {
            throw header.problem("is not the header of a plan of this version")
        }
        var tiers: Set<DuplicateTier> = []
        for case .string(let name) in try header.items("tiers") {
            if let tier = DuplicateTier(rawValue: name) { tiers.insert(tier) }
        }
        self.init(
            libraryID: try header.string("library"), generation: try header.integer("generation"), tiers: tiers,
            fuzzyThreshold: try header.number("fuzzy"), semanticThreshold: try header.number("semantic"),
            acrossAuthority: header.flag("acrossAuthority") ?? false,
            guidelineCount: try header.integer("guidelines"), groups: [], conflicts: [])
        var known: Set<String> = []
        while let next = try reader.next() {
            let line = PlanLine(next)
            if line.members["conflict"] != nil {
                conflicts.append(try line.object("conflict").conflict())
                continue
            }
            let group = try line.group()
            for id in [group.kept.id] + group.members.map(\.entry.id) where group.accept && !known.insert(id).inserted {
                throw line.problem("names the guideline \"\(id)\", which another accepted group or member has too")
            }
            groups.append(group)
        }
    }
}

/// A line of a plan, or an object in it.
private struct PlanLine {
    var members: [String: JSONValue]
    var location: InputLocation

    init(_ line: JSONLine) {
        members = line.members
        location = line.location
    }

    private init(_ members: [String: JSONValue], _ location: InputLocation) {
        self.members = members
        self.location = location
    }

    func problem(_ text: String) -> FingerpostError { .invalidPlan(problem: text, location) }

    func string(_ name: String) throws(FingerpostError) -> String {
        guard case .string(let value)? = members[name] else { throw problem("needs the text \"\(name)\"") }
        return value
    }

    func integer(_ name: String) throws(FingerpostError) -> Int {
        guard case .integer(let value)? = members[name] else { throw problem("needs the whole number \"\(name)\"") }
        return value
    }

    func number(_ name: String) throws(FingerpostError) -> Double {
        switch members[name] {
        case .integer(let value): return Double(value)
        case .number(let value): return value
        default: throw problem("needs the number \"\(name)\"")
        }
    }

    func flag(_ name: String) -> Bool? {
        guard case .bool(let value)? = members[name] else { return nil }
        return value
    }

    func items(_ name: String) throws(FingerpostError) -> [JSONValue] {
        guard case .array(let value)? = members[name] else { throw problem("needs the list \"\(name)\"") }
        return value
    }

    func object(_ name: String) throws(FingerpostError) -> PlanLine {
        guard case .object(let value)? = members[name] else { throw problem("needs the object \"\(name)\"") }
        return PlanLine(value, location)
    }

    func entry() throws(FingerpostError) -> DeduplicationPlan.Entry {
        var title: String?
        if case .string(let text)? = members["title"] { title = text }
        return .init(
            id: try string("id"), version: try integer("version"), hash: try string("hash"), title: title,
            text: try string("text"))
    }

    func tier() throws(FingerpostError) -> DuplicateTier {
        guard let tier = DuplicateTier(rawValue: try string("tier")) else {
            throw problem("has an unknown tier; it must be exact, fuzzy or semantic")
        }
        return tier
    }

    func group() throws(FingerpostError) -> DeduplicationPlan.Group {
        guard let accept = flag("accept") else { throw problem("needs \"accept\", true or false") }
        var group = DeduplicationPlan.Group(kept: try object("kept").entry(), members: [], accept: accept)
        for item in try items("members") {
            guard case .object(let members) = item else { throw problem("has a member that is no object") }
            let line = PlanLine(members, location)
            group.members.append(
                .init(entry: try line.entry(), tier: try line.tier(), similarity: try line.number("similarity")))
        }
        return group
    }

    func conflict() throws(FingerpostError) -> DeduplicationPlan.Conflict {
        .init(
            first: try object("first").entry(), second: try object("second").entry(), tier: try tier(),
            similarity: try number("similarity"))
    }
}

extension DeduplicationPlan.Entry {
    fileprivate var members: [String: JSONValue] {
        var members: [String: JSONValue] = [
            "id": .string(id), "version": .integer(version), "hash": .string(hash), "text": .string(text),
        ]
        members["title"] = title.map(JSONValue.string)
        return members
    }
}
