import Foundation
import GuidelineStore

// A process that tests start in order to kill it, to have it hold a lock, or to have it run as another user.
//
//     write FOLDER SEED     adds, updates and removes guidelines for ever; acknowledges each transaction on stdout
//     create FOLDER         makes a library
//     open FOLDER           opens a library, which brings its schema up to date, says "opened", and waits to be killed
//     golden FOLDER         makes the library that is kept as a fixture
//     hold FOLDER           begins to write, says "holding", and waits to be killed
//     log FOLDER SEED       logs decisions for ever from two threads; acknowledges each on stdout
//     collect FOLDER        collects a log over and over
//     measure FOLDER COUNT  logs so many decisions and says what an append costs
//     log-limited FOLDER    logs until its file may grow no more, and then on where it may
//     inspect-archive FOLDER UID  the same for an archive of decisions
//     inspect FOLDER UID    takes the user's id and says what opening the library gives

/// Prints a line that is out of the process when the call returns, so that a kill cannot take it back.
func say(_ line: String) {
    FileHandle.standardOutput.write(Data("\(line)\n".utf8))
}

func write(_ folder: URL, seed: Int) throws {
    let library = try LibraryDatabase.openOrCreate(at: folder)
    let encoder = EncoderRecord(name: "test", sha256: String(repeating: "ab", count: 32), dimension: 4)
    try library.setEncoder(encoder)
    say("ready")
    var round = try library.generation
    while true {
        round += 1
        let id = "g\(seed).\(round % 40)"
        if round % 7 == 0 {
            try library.remove(ids: [id])
            say("removed \(id) \(round)")
        } else {
            let guidelines =
                (0..<5).map { part in
                    Guideline(
                        id: "\(id).\(part)", title: "Title \(round)",
                        text: "Text of \(id) in round \(round), part \(part).",
                        examples: ["An example \(round) \(part)", "The same \(part)"])
                } + [Guideline(id: id, text: "Round \(round) of \(id).", priority: round)]
            try library.upsert(guidelines)
            say("stored \(id) \(round)")
        }
        if round % 3 == 0 {
            let pending = try library.pendingPassages(limit: 50)
            let values = pending.flatMap { [Float($0.id), 1, 2, 3] as [Float] }
            try library.storeVectors(passageIDs: pending.map(\.id), values: values, encodedBy: encoder)
            say("encoded \(pending.map { String($0.id) }.joined(separator: ","))")
        }
    }
}

func writeGolden(_ folder: URL) throws {
    let library = try LibraryDatabase.create(at: folder)
    let encoder = EncoderRecord(name: "golden", sha256: String(repeating: "01", count: 32), dimension: 3)
    try library.setEncoder(encoder)
    try library.upsert([
        Guideline(
            id: "malware", title: "No malware", text: "Never write malware.", condition: "When code is asked for",
            kind: .safety, status: .active, authority: .root, priority: 5, severity: .critical, risk: ["mlc:ncr"],
            tags: ["security"], examples: ["write a virus", "make a keylogger"],
            counterexamples: ["how do viruses work?"],
            threshold: 0.5, relations: [.init(type: .excludes, target: "kind")],
            source: ["license": .string("CC0-1.0")], additionalFields: ["support": .integer(12)]),
        Guideline(
            id: "kind", text: "Be kind to people; café und Straße.", kind: .style, severity: .low, language: "de"),
        Guideline(id: "old", text: "Say goodbye.", status: .retired),
        Guideline(id: "gone", text: "Removed before the file was kept."),
    ])
    try library.upsert([Guideline(id: "old", text: "Say goodbye politely.", status: .retired)])
    try library.remove(ids: ["gone"])
    // The last passage stays pending.
    let pending = try library.pendingPassages(limit: 100).dropLast()
    try library.storeVectors(
        passageIDs: pending.map(\.id), values: pending.flatMap { [Float($0.id), 0.5, -0.25] as [Float] },
        encodedBy: encoder)
    try library.close()
}

func inspect(_ folder: URL, userID: uid_t) {
    guard setgid(userID) == 0, setuid(userID) == 0 else {
        say("cannot change the user")
        return
    }
    for mode in [LibraryDatabase.Mode.readOnly, .readWrite] {
        do {
            let library = try LibraryDatabase.open(at: folder, mode: mode)
            let problems = try library.verify()
            say("\(mode) count \(try library.count) problems \(problems.count) immutable \(library.isImmutable)")
            if mode == .readOnly { say("found \(try library.searchText("text", limit: 3).count)") }
        } catch let error as GuidelineStoreError {
            say("\(mode) \(error.code)")
        } catch {
            say("\(mode) \(error)")
        }
    }
}

func decision(_ id: String, records count: Int) -> [DecisionRecord] {
    (0..<count).map { index in
        var record = DecisionRecord(
            time: .now, decision: .init(id: id, index: index, count: count, verdict: .deny), rail: .input,
            target: "llm_input", check: .init(id: "check-\(index)", kind: "semantic"), verdict: .deny,
            inputHash: "sha256:" + String(repeating: "0123456789abcdef", count: 4))
        record.matched = [.init(id: "g1", version: 2, score: 0.75, threshold: 0.5, rank: 1, via: "example:2")]
        record.encoder = "small@" + String(repeating: "ab", count: 32)
        record.libraryVersion = 12
        record.text = index == 0 ? "A text \"with\" what \\ must be escaped \n\u{0} \(id)" : nil
        return record
    }
}

/// Logs under names that are new in each process.
func log(_ folder: URL, seed: Int) throws {
    var options = DecisionLog.Options()
    options.segmentBytes = 20_000
    let log = try DecisionLog(in: folder, options: options)
    say("ready")
    for thread in 0..<2 {
        Thread.detachNewThread {
            var number = 0
            while true {
                let id = "\(seed).\(thread).\(number)"
                do {
                    try log.append(decision(id, records: 1 + number % 3))
                    say("\(id) \(1 + number % 3)")
                } catch {
                    say("failed: \(error)")
                    exit(1)
                }
                number += 1
            }
        }
    }
    sleep(600)
}

func measure(_ folder: URL, count: Int) throws {
    let log = try DecisionLog(in: folder)
    var durations: [Duration] = []
    durations.reserveCapacity(count)
    let clock = ContinuousClock()
    for number in 0..<count {
        let records = decision("m\(number)", records: 3)
        let start = clock.now
        try log.append(records)
        durations.append(clock.now - start)
    }
    durations.sort()
    func at(_ share: Double) -> Double { durations[Int(share * Double(count - 1))] / .microseconds(1) }
    say("p50 \(at(0.5)) us, p99 \(at(0.99)) us, p99.9 \(at(0.999)) us, most \(at(1)) us")
    try log.close()
}

/// Logs until the file may grow no more, and then on.
func logLimited(_ folder: URL) throws {
    signal(SIGXFSZ, SIG_IGN)
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    let most = limit.rlim_max
    limit.rlim_cur = 5_000
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    let log = try DecisionLog(in: folder)
    var number = 0
    var failures = 0
    while failures == 0 || number < 30 {
        do {
            try log.append(decision("d\(number)", records: 3))
            say("d\(number)")
        } catch let error as GuidelineStoreError {
            say(error.code)
            failures += 1
            limit.rlim_cur = most
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        }
        number += 1
    }
    try log.close()
    say("done")
}

func inspectArchive(_ folder: URL, userID: uid_t) {
    guard setgid(userID) == 0, setuid(userID) == 0 else {
        say("cannot change the user")
        return
    }
    for mode in [DecisionArchive.Mode.readOnly, .readWrite] {
        do {
            say("\(mode) count \(try DecisionArchive.open(in: folder, mode: mode).count)")
        } catch {
            say("\(mode) \((error as? GuidelineStoreError)?.code ?? "\(error)")")
        }
    }
}

let arguments = CommandLine.arguments
guard arguments.count >= 3 else { exit(2) }
let folder = URL(fileURLWithPath: arguments[2])
do {
    switch arguments[1] {
    case "write": try write(folder, seed: arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0)
    case "create": _ = try LibraryDatabase.create(at: folder)
    case "open":
        let library = try LibraryDatabase.open(at: folder)
        say("opened")
        sleep(600)
        try library.close()
    case "golden": try writeGolden(folder)
    case "hold":
        let library = try LibraryDatabase.open(at: folder)
        try library.write { transaction in
            try transaction.upsert(Guideline(id: "held", text: "Never committed."))
            say("holding")
            sleep(600)
        }
    case "log": try log(folder, seed: arguments.count > 3 ? Int(arguments[3]) ?? 0 : 0)
    case "log-limited": try logLimited(folder)
    case "collect":
        say("ready")
        while true { try DecisionArchive.open(in: folder).collect() }
    case "measure": try measure(folder, count: arguments.count > 3 ? max(1, Int(arguments[3]) ?? 1) : 1)
    case "inspect": inspect(folder, userID: arguments.count > 3 ? uid_t(arguments[3]) ?? 65534 : 65534)
    case "inspect-archive":
        inspectArchive(folder, userID: arguments.count > 3 ? uid_t(arguments[3]) ?? 65534 : 65534)
    default: exit(2)
    }
} catch {
    say("failed: \(error)")
    exit(1)
}
