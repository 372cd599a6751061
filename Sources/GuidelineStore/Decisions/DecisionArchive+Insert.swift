import Foundation
import GRDB

extension DecisionArchive {
    /// Takes in records and notes, in one transaction. Those that it has are passed over, so that it does no harm to take
    /// something in twice. O(log n) each.
    ///
    /// - Returns: How many were new.
    @discardableResult
    public func insert(_ entries: some Sequence<DecisionEntry>) throws -> Int {
        try write { database in
            var insertion = Insertion(database)
            for entry in entries { try insertion.add(entry) }
            try insertion.finish()
            return insertion.count
        }
    }

    /// Takes in a file of JSON Lines, such as another program's log, in transactions of some thousand lines each.
    ///
    /// - Returns: How many entries were new.
    /// - Throws: ``GuidelineStoreError`` with the line at fault; what stands before it may be there already, and is passed
    ///   over when the file is given again.
    public func insert(
        from source: InputSource, progress: ((_ lines: Int) -> Void)? = nil
    ) throws -> Int {
        let reader = try JSONLinesReader(source)
        var (count, lines) = (0, 0)
        while true {
            var entries: [DecisionEntry] = []
            while entries.count < 8_192, let line = try reader.next() { entries.append(try DecisionEntry(line)) }
            guard !entries.isEmpty else { break }
            count += try insert(entries)
            lines += entries.count
            progress?(lines)
        }
        guard lines > 0 else { throw GuidelineStoreError.emptyFile(path: reader.name) }
        return count
    }
}

/// What one transaction takes in.
struct Insertion {
    private let database: Database
    private var tallies = DecisionTallies()
    private(set) var count = 0

    init(_ database: Database) { self.database = database }

    mutating func add(_ entry: DecisionEntry) throws {
        switch entry {
        case .record(let record): try add(record)
        case .note(let note): try add(note)
        }
    }

    private mutating func add(_ record: DecisionRecord) throws {
        var line: [UInt8] = []
        line.reserveCapacity(768)
        record.append(to: &line, withText: false)
        try database.change(
            """
            INSERT INTO record (time, decision, place, input_hash, conversation, line, text) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (decision, place) DO NOTHING
            """,
            [
                record.time.microseconds, Self.key(record.decision.id), record.decision.index,
                Self.key(record.inputHash),
                record.conversationID.map(Self.key), Data(line), record.text.map { Data($0.utf8) },
            ])
        guard database.changesCount > 0 else { return }
        count += 1
        tallies.add(record)
    }

    private mutating func add(_ note: DecisionNote) throws {
        var line: [UInt8] = []
        note.append(to: &line)
        try database.change(
            "INSERT INTO note (time, decision, line) VALUES (?, ?, ?) ON CONFLICT (line) DO NOTHING",
            [note.time.microseconds, Self.key(note.decision), Data(line)])
        count += database.changesCount
    }

    /// A name that is looked up, which must not end early.
    static func key(_ name: String) -> String { name.replacing("\0", with: "\u{FFFD}") }

    mutating func finish() throws {
        for tally in tallies.values {
            let counts = tally.counts
            let numbers = Verdict.allCases.map { counts[$0] } + [counts.shadow, counts.failures]
            try database.change(
                """
                INSERT INTO tally (key, allow, audit, warn, modify, ask, deny, shadow, failures)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (key) DO UPDATE SET allow = allow + excluded.allow, audit = audit + excluded.audit,
                    warn = warn + excluded.warn, modify = modify + excluded.modify, ask = ask + excluded.ask,
                    deny = deny + excluded.deny, shadow = shadow + excluded.shadow,
                    failures = failures + excluded.failures
                """, [Data(tally.key)] + StatementArguments(numbers))
        }
        tallies = DecisionTallies()
    }
}

extension DecisionTally {
    /// Subject and circumstances as JSON, the same for the same.
    fileprivate var key: [UInt8] {
        var members: [String: JSONValue] = [
            "day": .string(circumstances.day.description), "rail": .string(circumstances.rail.rawValue),
        ]
        members["library"] = circumstances.libraryVersion.map(JSONValue.integer)
        members["encoder"] = circumstances.encoder.map(JSONValue.string)
        members["model"] = circumstances.model.map(JSONValue.string)
        switch subject {
        case .decision: break
        case .check(let id, let kind, let version):
            members["check"] = .array([.string(id), .string(kind), .string(version)])
        case .rule(let id, let version, let threshold):
            members["rule"] = .array([.string(id), .integer(version), threshold.map(JSONValue.number) ?? .null])
        case .risk(let risk): members["risk"] = .string(risk)
        }
        var bytes: [UInt8] = []
        JSONValue.object(members).append(to: &bytes)
        return bytes
    }

    /// Nil for bytes that are no such key.
    fileprivate init?(key: Data, counts: Counts) {
        guard case .object(let members)? = key.withUnsafeBytes({ try? JSONParser.parse($0) }),
            case .string(let day)? = members["day"], let time = LogTime(day),
            case .string(let rail)? = members["rail"], let rail = DecisionRecord.Rail(rawValue: rail)
        else { return nil }
        var circumstances = Circumstances(day: time, rail: rail)
        if case .integer(let version)? = members["library"] { circumstances.libraryVersion = version }
        if case .string(let encoder)? = members["encoder"] { circumstances.encoder = encoder }
        if case .string(let model)? = members["model"] { circumstances.model = model }
        let subject: Subject
        switch (members["check"], members["rule"], members["risk"]) {
        case (.array(let parts)?, _, _):
            guard parts.count == 3, case .string(let id) = parts[0], case .string(let kind) = parts[1],
                case .string(let version) = parts[2]
            else { return nil }
            subject = .check(id: id, kind: kind, version: version)
        case (_, .array(let parts)?, _):
            guard parts.count == 3, case .string(let id) = parts[0], case .integer(let version) = parts[1] else {
                return nil
            }
            let threshold: Double? =
                switch parts[2] {
                case .number(let value): value
                case .integer(let value): Double(value)
                default: nil
                }
            subject = .rule(id: id, version: version, threshold: threshold)
        case (_, _, .string(let risk)?): subject = .risk(risk)
        default: subject = .decision
        }
        self.init(subject: subject, circumstances: circumstances, counts: counts)
    }
}

extension DecisionArchive {
    /// What all records that ever came add up to, by day. O(tallies), not O(records).
    public func tallies() throws -> [DecisionTally] {
        try read { database in
            var tallies: [DecisionTally] = []
            let sql = "SELECT key, allow, audit, warn, modify, ask, deny, shadow, failures FROM tally"
            try database.forEachRow(sql) { row in
                var counts = DecisionTally.Counts(shadow: try row.value(7), failures: try row.value(8))
                for (place, verdict) in Verdict.allCases.enumerated() { counts[verdict] = try row.value(place + 1) }
                guard let tally = DecisionTally(key: try row.value(0), counts: counts) else {
                    throw GuidelineStoreError.corrupt(
                        path: Self.path(in: folder), sqliteCode: 0, reason: "a tally's key cannot be read")
                }
                tallies.append(tally)
            }
            return tallies.sorted(by: DecisionTally.precedes)
        }
    }
}
