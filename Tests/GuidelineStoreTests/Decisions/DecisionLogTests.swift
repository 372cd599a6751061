import Foundation
import Platform
import Testing

@testable import GuidelineStore

@Suite struct DecisionLogTests {
    private let folder: TemporaryFolder
    private var url: URL { folder.url }

    init() throws { folder = try TemporaryFolder() }

    private func archive() throws -> DecisionArchive { try DecisionArchive.open(in: url) }

    private func files() -> [URL] { LogSegment.all(in: DecisionLog.folder(in: url)) }

    private func all(_ archive: DecisionArchive, _ filter: DecisionFilter = DecisionFilter()) throws -> [DecisionRecord]
    {
        var records: [DecisionRecord] = []
        try archive.forEachRecord(matching: filter) { records.append($0) }
        return records
    }

    @Test func whatIsLoggedIsCollectedOnce() throws {
        var random = SplitMix64(seed: 3)
        let decisions = (0..<300).map { number in
            let count = 1 + number % 3
            let time = LogTime(microseconds: Int64(number / 2) * 1_000)
            return (0..<count).map { index in
                var record = DecisionRecord.random(&random, decision: "d\(number)", index: index, count: count)
                record.time = time
                return record
            }
        }
        var options = DecisionLog.Options()
        options.segmentBytes = 30_000
        let log = try DecisionLog(in: url, options: options)
        let archive = try archive()
        for (number, records) in decisions.enumerated() {
            try log.append(records)
            // Also while it is written to.
            if number % 90 == 50 { #expect(try archive.collect().liveSegments == 1) }
        }
        var note = DecisionNote(time: .now, decision: "d7")
        note.review = .right
        try log.append(note)
        try log.append(note)
        #expect(files().count > 1)
        try log.close()
        #expect(storeError { try log.append(note) }?.code == "closed")
        let outcome = try archive.collect()
        #expect(outcome.liveSegments == 0 && outcome.tornLines == 0 && outcome.rejectedLines == 0)
        #expect(files().isEmpty)
        #expect(try archive.count == decisions.reduce(0) { $0 + $1.count })
        #expect(try archive.collect() == CollectionOutcome())

        // Those of one time are told apart by their decisions.
        var grouped: [[DecisionRecord]] = []
        try archive.forEachDecision { grouped.append($0) }
        #expect(
            grouped.sorted { $0[0].decision.id < $1[0].decision.id }
                == decisions.sorted { $0[0].decision.id < $1[0].decision.id })
        for records in decisions { #expect(try archive.records(ofDecision: records[0].decision.id) == records) }
        var notes: [DecisionNote] = []
        try archive.forEachNote { notes.append($0) }
        #expect(notes == [note])

        var tallies = DecisionTallies()
        for record in decisions.joined() { tallies.add(record) }
        #expect(try archive.tallies() == tallies.values)
    }

    @Test func filtersAreThoseOfAScan() throws {
        var random = SplitMix64(seed: 4)
        let records = (0..<200).map { number in
            var record = DecisionRecord.random(&random, decision: "d\(number)")
            record.time = LogTime(microseconds: Int64(number) * 10)
            record.model = ["small", "large", nil].randomElement(using: &random) ?? nil
            return record
        }
        let archive = try archive()
        try archive.insert(records.map(DecisionEntry.record))
        for _ in 0..<60 {
            var filter = DecisionFilter()
            if Bool.random(using: &random) {
                filter.since = LogTime(microseconds: Int64.random(in: 0..<2_000, using: &random))
            }
            if Bool.random(using: &random) {
                filter.until = LogTime(microseconds: Int64.random(in: 0..<2_000, using: &random))
            }
            if Bool.random(using: &random) { filter.rail = .output }
            if Bool.random(using: &random) { filter.minimumVerdict = .warn }
            if Bool.random(using: &random) { filter.model = "small" }
            if Bool.random(using: &random) { filter.rule = "plain" }
            if Bool.random(using: &random) { filter.checks = ["plain", ""] }
            filter.includesShadow = Bool.random(using: &random)
            let expected = records.filter { record in
                record.time >= filter.since ?? record.time && filter.until.map { record.time < $0 } ?? true
                    && filter.includes(record)
            }
            #expect(try all(archive, filter) == expected)
        }
    }

    @Test func damageIsKeptAndTold() throws {
        let log = try DecisionLog(in: url)
        try log.append([.of("one", id: "d1")])
        try log.append([.of("two", id: "d2")])
        try log.close()
        let file = try #require(files().first)
        var text = try String(contentsOf: file, encoding: .utf8)
        text = "not json\n" + text + #"{"ts":"2026-03-01","rail":"input"}"# + "\n" + text.prefix(80)
        try text.write(to: file, atomically: false, encoding: .utf8)
        let archive = try archive()
        let outcome = try archive.collect()
        #expect(outcome.entries == 2 && outcome.rejectedLines == 2 && outcome.tornLines == 1)
        #expect(try archive.rejectedLineCount == 2 && files().isEmpty)
    }

    @Test func aFullFolderIsAnError() throws {
        var options = DecisionLog.Options()
        options.folderBytes = 4_000
        let log = try DecisionLog(in: url, options: options)
        var number = 0
        let error = storeError {
            while number < 100 {
                try log.append([.of("text \(number)", id: "d\(number)")])
                number += 1
            }
        }
        guard case .logFull(_, let bytes, 4_000)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(bytes > 4_000 && number > 3 && error?.isInputError == false)
        // Once it is collected there is room again, and nothing is missing.
        try log.rotate()
        #expect(try archive().collect().entries == number)
        try log.append([.of("text", id: "more")])
        try log.close()
        #expect(try archive().collect().entries == 1)
    }

    @Test func whatIsForgottenIsInNoFile() throws {
        let secret = "the blue heron lands at noon"
        let log = try DecisionLog(in: url)
        try log.append([.of(secret, id: "d1", conversation: "c1")])
        try log.append([.of("something else", id: "d2", conversation: "c2")])
        let archive = try archive()
        try archive.collect()
        // Some of it is in the archive, some in a file that is still written to.
        try log.append([.of(secret, id: "d3", conversation: "c3")])
        try log.append([.of("a third thing", id: "d4", conversation: "c2")])
        var note = DecisionNote(time: .now, decision: "d1")
        note.comment = "see \(secret)"
        try archive.insert([.note(note)])
        #expect(try archive.forget(.text(secret)) == 2)
        func bytes() throws -> String {
            var found = ""
            for case let file as URL in FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
                ?? .init()
            {
                guard let data = try? Data(contentsOf: file) else { continue }
                found += String(decoding: data, as: UTF8.self)
            }
            return found
        }
        #expect(try !bytes().contains("blue heron"))
        #expect(try bytes().contains("a third thing"))
        #expect(try all(archive).map(\.decision.id) == ["d2", "d4"])
        #expect(try archive.forget(.conversation("c2")) == 2)
        #expect(try !bytes().contains("third thing") && archive.count == 0)
        // The log goes on, and lines that were blotted out are no lines.
        try log.append([.of("after", id: "d5")])
        try log.close()
        let outcome = try archive.collect()
        #expect(outcome.entries == 1 && outcome.rejectedLines == 0)
        // Days keep their numbers.
        #expect(try archive.tallies().filter { $0.subject == .decision }.reduce(0) { $0 + $1.counts.total } == 5)
    }

    private func holds(_ text: String) throws -> Bool {
        let files = FileManager.default.enumerator(at: url, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            if let data = try? Data(contentsOf: file), data.range(of: Data(text.utf8)) != nil { return true }
        }
        return false
    }

    @Test func notesAndExpiredTextsAreNotLeftInFilesThatAreWrittenTo() throws {
        let log = try DecisionLog(in: url)
        try log.append([.of("first words", id: "d1"), .of("second words", id: "d2", conversation: "c2")])
        var note = DecisionNote(time: .now, decision: "d2")
        note.comment = "a remark"
        try log.append(note)
        let archive = try archive()
        #expect(try holds("first words") && holds("a remark"))
        #expect(try archive.forget(.conversation("c2")) == 1)
        #expect(try !holds("second words") && !holds("a remark") && holds("first words"))
        try log.append([.of("third words", id: "d3")])
        #expect(try archive.expireTexts(before: .now) == 2)
        #expect(try !holds("first words") && !holds("third words"))
        try log.close()
        let outcome = try archive.collect()
        #expect(outcome.entries == 0 && outcome.rejectedLines == 0 && outcome.finishedSegments == 1)
        #expect(try all(archive).map(\.decision.id) == ["d1", "d3"])
    }

    /// Rows that are moved between pages leave copies behind, a few of a hundred.
    @Test func whatIsGoneIsInNoPage() throws {
        var random = SplitMix64(seed: 12)
        let names = (0..<3_000).map { number in
            let name = "talk-\(random.next())-\(number) "
            return String(repeating: name, count: Int.random(in: 1...6, using: &random))
        }
        let archive = try archive()
        for part in stride(from: 0, to: names.count, by: 200) {
            try archive.insert(
                (part..<(part + 200)).map { number in
                    let day = number % 3 == 0 ? "2026-01-01" : "2026-03-01"
                    return .record(.of("words", id: "\(random.next())", at: day, conversation: names[number]))
                })
        }
        #expect(try archive.expireRecords(before: try #require(LogTime("2026-02-01"))) == 1_000)
        try archive.close()
        let data = try Data(contentsOf: URL(fileURLWithPath: DecisionArchive.path(in: url)))
        for number in stride(from: 0, to: names.count, by: 3) {
            #expect(data.range(of: Data(names[number].utf8)) == nil, "\(number)")
        }
        #expect(data.range(of: Data(names[1].utf8)) != nil)
    }

    @Test func aLogWhoseFilesAreRemovedBeginsAnew() throws {
        let log = try DecisionLog(in: url)
        try log.append([.of("lost", id: "lost")])
        try FileManager.default.removeItem(at: DecisionLog.folder(in: url))
        try log.append([.of("kept", id: "kept")])
        #expect(try archive().collect().entries == 1)
        #expect(try archive().records(ofDecision: "kept").count == 1)
    }

    /// Where a write came in part, a reader may be behind it: what follows goes elsewhere.
    @Test func aWriteThatCameInPartEndsItsFile() throws {
        let helper = try HelperProcess(["log-limited", url.path])
        let lines = helper.remainingLines()
        #expect(lines.contains("disk_full"), "\(lines)")
        #expect(lines.last == "done", "\(lines)")
        #expect(files().count == 2)
        for file in files() {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(text.hasSuffix("\n"))
        }
        let archive = try archive()
        let outcome = try archive.collect()
        #expect(outcome.tornLines == 0 && outcome.rejectedLines == 0)
        let acknowledged = lines.filter { $0.hasPrefix("d") && $0 != "done" && $0 != "disk_full" }
        #expect(Set(try all(archive).map(\.decision.id)) == Set(acknowledged))
    }

    @Test func textsAndRecordsExpire() throws {
        let archive = try archive()
        try archive.insert([
            .record(.of("old", id: "d1", at: "2026-01-01")), .record(.of("middle", id: "d2", at: "2026-02-01")),
            .record(.of("new", id: "d3", at: "2026-03-01")),
        ])
        let march = try #require(LogTime("2026-03-01"))
        #expect(try archive.expireTexts(before: march) == 2)
        #expect(try all(archive).map(\.text) == [nil, nil, "new"])
        #expect(try archive.expireRecords(before: march.adding(days: -28)) == 1)
        #expect(try all(archive).map(\.decision.id) == ["d2", "d3"])
        #expect(try archive.tallies().filter { $0.subject == .decision }.count == 3)
    }

    @Test func aFolderThatIsMissingIsMade() throws {
        let place = url.appendingPathComponent("new/place")
        let archive = try DecisionArchive.open(in: place)
        #expect(try archive.insert([.record(.of("text", id: "d1"))]) == 1)
        _ = try folder.write("no folder", to: "file")
        #expect(
            storeError { _ = try DecisionArchive.open(in: url.appendingPathComponent("file/below")) }?.code
                == "unreadable")
    }

    @Test(.enabled(if: LibraryProcessTests.canChangeUser, "needs root, to give its rights up"))
    func aReadOnlyFolderIsRead() throws {
        let place = url.appendingPathComponent("log ?#%")
        chmod(url.path, 0o755)
        let archive = try DecisionArchive.open(in: place)
        try archive.insert([.record(.of("text", id: "d1")), .record(.of("more", id: "d2"))])
        try archive.close()
        let found = try HelperProcess(["inspect-archive", place.path, "65534"]).remainingLines()
        #expect(found == ["readOnly count 2", "readWrite read_only"])
    }

    @Test func otherFilesAreRefused() throws {
        let path = DecisionArchive.path(in: url)
        #expect(storeError { _ = try DecisionArchive.open(in: url, mode: .readOnly) } == .fileNotFound(path: path))
        try Data("no database at all, but long enough for a header of SQLite".utf8).write(
            to: URL(fileURLWithPath: path))
        #expect(storeError { _ = try DecisionArchive.open(in: url) }?.code == "corrupt")
        try FileManager.default.removeItem(atPath: path)
        try LibraryDatabase.create(at: url).close()
        try FileManager.default.moveItem(
            at: url.appendingPathComponent("library.sqlite"), to: URL(fileURLWithPath: path))
        #expect(storeError { _ = try DecisionArchive.open(in: url) }?.code == "not_a_library")
    }

    @Test func threadsShareALog() async throws {
        var options = DecisionLog.Options()
        options.segmentBytes = 10_000
        let log = try DecisionLog(in: url, options: options)
        let place = url
        try await withThrowingTaskGroup(of: Void.self) { group in
            for thread in 0..<4 {
                group.addTask {
                    for number in 0..<50 { try log.append([.of("text", id: "\(thread).\(number)")]) }
                }
            }
            group.addTask { for _ in 0..<5 { try DecisionArchive.open(in: place).collect() } }
            try await group.waitForAll()
        }
        try log.close()
        let archive = try archive()
        try archive.collect()
        #expect(try archive.count == 200 && archive.rejectedLineCount == 0)
    }

    @Test func filesOfOtherProgramsAreTakenIn() throws {
        let lines = (0..<3).map { DecisionRecord.of("t\($0)", id: "d\($0)").jsonText }
        let file = try folder.write(lines.joined(separator: "\n"), to: "other.jsonl")
        let archive = try archive()
        #expect(try archive.insert(from: .file(file)) == 3)
        #expect(try archive.insert(from: .file(file)) == 0)
        let bad = try folder.write(lines[0] + "\n{\"ts\":1}\n", to: "bad.jsonl")
        #expect(storeError { _ = try archive.insert(from: .file(bad)) }?.location?.line == 2)
        let empty = try folder.write("\n", to: "empty.jsonl")
        #expect(storeError { _ = try archive.insert(from: .file(empty)) } != nil)
    }
}

/// Processes that log, and that collect, are killed a hundred times.
@Suite struct DecisionLogProcessTests {
    @Test func nothingThatWasAcknowledgedIsLost() throws {
        let folder = try TemporaryFolder()
        var random = SplitMix64(seed: 9)
        var acknowledged: [String: Int] = [:]
        for round in 0..<100 {
            let writer = try HelperProcess(["log", folder.url.path, "\(round)"])
            // Some are killed before they have begun.
            if round % 5 != 0 { #expect(writer.nextLine() == "ready") }
            let collector = round % 4 == 0 ? try HelperProcess(["collect", folder.url.path]) : nil
            usleep(useconds_t.random(in: 0...20_000, using: &random))
            writer.kill()
            collector?.kill()
            // A line that the kill cut off was not acknowledged.
            for line in writer.remainingLines() {
                let parts = line.split(separator: " ")
                if parts.count == 2, let count = Int(parts[1]) { acknowledged[String(parts[0])] = count }
            }
        }
        let archive = try DecisionArchive.open(in: folder.url)
        let outcome = try archive.collect()
        #expect(outcome.rejectedLines == 0 && outcome.liveSegments == 0)
        #expect(try archive.rejectedLineCount == 0)
        var found: [String: Int] = [:]
        try archive.forEachRecord { record in
            #expect(record.matched.count == 1)
            found[record.decision.id, default: 0] += 1
        }
        #expect(acknowledged.count > 100)
        for (id, count) in acknowledged { #expect(found[id] == count, "\(id)") }
        // What was counted is what is there.
        let total = try archive.tallies().filter { $0.subject == .decision }.reduce(0) { $0 + $1.counts.total }
        #expect(total == found.count)
        #expect(LogSegment.all(in: DecisionLog.folder(in: folder.url)).isEmpty)
    }
}
