import Foundation
import Platform
import Testing

@testable import Fingerpost
@testable import FingerpostCrashHelper

/// A library of a process that is killed again and again agrees with a model of it in memory.
@Suite struct GuidelineLibraryModelTests {
    /// For each of the seeds; ten thousand in all.
    private static let operationCount = 1_250
    /// How many a process is given; most are killed before they are done.
    private static let operationsEach = 300

    private static var encoderFolder: URL {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../TextEncoderTests/Fixtures/static-f32").standardizedFileURL
    }

    @Test(arguments: 1...8)
    func tenThousandOperationsWithAProcessThatIsKilledAgreeWithAModel(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        var run = try ModelRun(folder: folder, encoder: Self.encoderFolder, seed: seed)
        do {
            while run.operationCount < Self.operationCount {
                try run.round(Self.operationsEach)
            }
            try run.finish()
        } catch {
            Issue.record("\(error); seed \(seed), after \(run.operationCount) operations")
        }
        // The kills met what they were meant for.
        #expect(run.killCount > 2 && run.searchCount > 200, "seed \(seed): \(run)")
        if ProcessInfo.processInfo.environment["FINGERPOST_MODEL_FIGURES"] != nil {
            print("seed \(seed): \(run)")
        }
    }
}

/// A library and its model, in step.
struct ModelRun: CustomStringConvertible {
    struct Disagreement: Error, CustomStringConvertible {
        var description: String
    }

    private(set) var operationCount = 0
    private(set) var killCount = 0
    /// Kills after which an operation was found done that had not been acknowledged.
    private(set) var unacknowledgedCount = 0
    private(set) var searchCount = 0

    private let folder: TemporaryFolder
    private let encoder: URL
    private let oracle: LibraryOracle
    private var script: LibraryScript<SplitMix64>
    private var model = LibraryModel()

    init(folder: TemporaryFolder, encoder: URL, seed: UInt64) throws {
        self.folder = folder
        self.encoder = encoder
        oracle = LibraryOracle(encoder: try PretrainedEncoder.load(from: encoder))
        script = LibraryScript(SplitMix64(seed: seed))
    }

    var description: String {
        "\(operationCount) operations, \(searchCount) answers, \(killCount) kills, \(unacknowledgedCount) of them between"
            + " a write and its acknowledgement"
    }

    /// Lets a process work, kills it at some moment, and compares what it leaves.
    mutating func round(_ count: Int) throws {
        var operations: [LibraryOperation] = []
        var outcomes: [LibraryOutcome] = []
        var states = [model]
        for _ in 0..<count {
            var next = states[operations.count]
            let operation = script.operation(for: next)
            outcomes.append(next.apply(operation))
            operations.append(operation)
            states.append(next)
        }
        let file = folder.url.appendingPathComponent("operations")
        let lines = try operations.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
        try Data(lines.joined(separator: "\n").utf8).write(to: file)

        let process = try HelperProcess([folder.library.path, encoder.path, file.path])
        let isKilled = script.number(0..<12) > 0
        var answers: [String] = []
        if isKilled {
            // In the midst of opening, or of one of the operations.
            let target = script.number(0..<6) == 0 ? -1 : script.number(0..<count)
            let delay = script.number(0..<(target < 0 ? 60_000 : 8_000))
            while answers.count <= target, let line = process.nextLine() { answers.append(line) }
            usleep(useconds_t(delay))
            process.kill()
            killCount += 1
        }
        answers += process.remainingLines()
        if let last = answers.last, last.hasPrefix("failed") { throw Disagreement(description: last) }
        if answers.first == "ready" { answers.removeFirst() }
        guard isKilled || answers.count == count else {
            throw Disagreement(description: "the process ended after \(answers.count) operations")
        }
        for (place, line) in answers.enumerated() {
            var outcome = try JSONDecoder().decode(LibraryOutcome.self, from: Data(line.utf8))
            if case .search(let question) = operations[place], let answer = outcome.answer {
                try check(answer, question, states[place])
            }
            outcome.answer = nil
            guard outcome == outcomes[place] else {
                throw Disagreement(
                    description: "\(operations[place]) gave \(outcome) where \(outcomes[place]) was expected")
            }
        }
        try compare(states, acknowledged: answers.count)
    }

    /// What is found is what all acknowledged operations made, or these and the next one.
    private mutating func compare(_ states: [LibraryModel], acknowledged: Int) throws {
        guard acknowledged > 0 || GuidelineLibrary.exists(at: folder.library) else { return }
        let library = try open()
        let found = try library.libraryVersion
        model = states[acknowledged]
        operationCount += acknowledged
        if found != model.libraryVersion, acknowledged + 1 < states.count {
            model = states[acknowledged + 1]
            operationCount += 1
            unacknowledgedCount += 1
        }
        try check(library)
        // Some are left as they are, as after a crash.
        if script.number(0..<2) == 0 { try library.close() }
    }

    private func open() throws -> GuidelineLibrary {
        var options = LibraryOptions()
        options.encoder = .folder(encoder)
        return try GuidelineLibrary.openOrCreate(at: folder.library, options: options)
    }

    private mutating func check(_ library: GuidelineLibrary) throws {
        let version = try library.libraryVersion
        guard version == model.libraryVersion else {
            throw Disagreement(description: "version \(version) where \(model.libraryVersion) is expected")
        }
        var guidelines: [Guideline] = []
        try library.forEachGuideline { guidelines.append($0) }
        guard guidelines == model.guidelines else {
            throw Disagreement(description: "holds \(guidelines) where \(model.guidelines) are expected")
        }
        let problems = try library.verify()
        guard problems.isEmpty else { throw Disagreement(description: "\(problems)") }
        for _ in 0..<3 { try checkHistory(library, of: "g\(script.number(0..<60))") }
        for _ in 0..<20 {
            let question = script.question()
            let answer = LibraryAnswer(try library.search(question.text, options: question.options).matches)
            try check(answer, question, model)
        }
    }

    private mutating func check(
        _ answer: LibraryAnswer, _ question: LibraryQuestion, _ state: LibraryModel
    ) throws {
        searchCount += 1
        let filter = question.filter.flatMap { script.filters[$0] }
        guard let problem = try oracle.problem(with: answer, to: question, filter: filter, in: state) else { return }
        throw Disagreement(description: "\(question): \(problem)")
    }

    private func checkHistory(_ library: GuidelineLibrary, of id: String) throws {
        let states = try library.history(of: id).map {
            LibraryModel.State(
                version: $0.version, libraryVersion: $0.libraryVersion, change: $0.change, guideline: $0.guideline)
        }
        guard states == model.history[id] ?? [] else {
            throw Disagreement(
                description: "history of \(id): \(states) where \(model.history[id] ?? []) is expected")
        }
    }

    /// Compares all that ever was.
    mutating func finish() throws {
        let library = try open()
        try check(library)
        for id in model.history.keys { try checkHistory(library, of: id) }
        try library.close()
    }
}

/// The helper executable, started.
private final class HelperProcess {
    private let process = Process()
    private let pipe = Pipe()
    private var buffer: [UInt8] = []

    init(_ arguments: [String]) throws {
        process.executableURL = try Self.executable()
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
    }

    deinit { if process.isRunning { kill() } }

    /// Beside the test bundle, where the package manager builds it.
    private static func executable() throws -> URL {
        let bundles = Bundle.allBundles.map(\.bundleURL).filter { $0.pathExtension == "xctest" }
        let candidates = (bundles + [Bundle.main.executableURL, Bundle.main.bundleURL].compactMap(\.self))
            .flatMap { [$0.deletingLastPathComponent(), $0] }
            .map { $0.appendingPathComponent("FingerpostCrashHelper") }
        guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return found
    }

    /// The next whole line that it prints, or nil when it has ended.
    func nextLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            let more = pipe.fileHandleForReading.availableData
            guard !more.isEmpty else { return nil }
            buffer += more
        }
    }

    /// All whole lines until it has ended.
    func remainingLines() -> [String] {
        var lines: [String] = []
        while let line = nextLine() { lines.append(line) }
        process.waitUntilExit()
        return lines
    }

    func kill() {
        #if canImport(Darwin)
        Darwin.kill(process.processIdentifier, SIGKILL)
        #else
        Glibc.kill(process.processIdentifier, SIGKILL)
        #endif
        process.waitUntilExit()
    }
}
