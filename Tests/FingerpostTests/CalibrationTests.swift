import Foundation
import GuidelineStore
import LinearAlgebra
import Platform
import Testing

@testable import Fingerpost

@Suite("Thresholds learned from inputs with known answers")
struct CalibrationTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    // MARK: Statistics

    @Test("The bound is that of the binomial distribution, summed up")
    func bound() {
        /// The chance of at most so many events.
        func tail(_ count: Int, _ total: Int, _ rate: Double) -> Double {
            (0...count).reduce(0.0) { sum, events in
                var term = 1.0
                for index in 0..<events { term *= Double(total - index) / Double(index + 1) * rate / (1 - rate) }
                return sum + term * pow(1 - rate, Double(total))
            }
        }
        for (total, rate, confidence) in [(200, 0.05, 0.95), (500, 0.02, 0.9), (60, 0.3, 0.99), (150, 0.02, 0.95)] {
            let found = BinomialBound.largestCount(showing: rate, confidence: confidence, total: total)
            if let found {
                #expect(tail(found, total, rate) <= 1 - confidence)
                #expect(tail(found + 1, total, rate) > 1 - confidence)
            } else {
                #expect(tail(0, total, rate) > 1 - confidence)
            }
        }
        // No event in 149 tries shows 2% with 95%, none in 148 does not.
        #expect(BinomialBound.largestCount(showing: 0.02, confidence: 0.95, total: 148) == nil)
        #expect(BinomialBound.largestCount(showing: 0.02, confidence: 0.95, total: 149) == 0)
        #expect(BinomialBound.triesNeeded(toShow: 0.02, confidence: 0.95) == 149)
        #expect(BinomialBound.largestCount(showing: 0.02, confidence: 0.95, total: 0) == nil)
    }

    @Test("An interval is Wilson's")
    func interval() {
        // Of the worked examples in the literature: 15 of 148, 0 of 20.
        let some = ObservedRate(count: 15, total: 148).interval
        #expect(abs(some.lowerBound - 0.0624) < 5e-4 && abs(some.upperBound - 0.1605) < 5e-4)
        let none = ObservedRate(count: 0, total: 20).interval
        #expect(none.lowerBound == 0 && abs(none.upperBound - 0.1611) < 5e-4)
        #expect(ObservedRate(count: 0, total: 0).interval == 0...1 && ObservedRate(count: 0, total: 0).rate == nil)
    }

    // MARK: Precedents

    private func directions(_ count: Int, around center: Int, seed: UInt64) throws -> Matrix {
        var generator = SplitMix64(seed: seed)
        return try Matrix(
            (0..<count).map { _ in
                var vector = (0..<16).map { _ in Float.random(in: -0.3...0.3, using: &generator) }
                vector[center + Int.random(in: 0..<3, using: &generator)] += 1
                let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return vector.map { $0 / length }
            })
    }

    @Test("A margin tells kinds of inputs apart, the same for any number of threads, and survives being stored")
    func precedents() throws {
        let applying = try directions(400, around: 0, seed: 1)
        let benign = try directions(700, around: 6, seed: 2)
        let precedents = try #require(try Precedents(applying: applying, benign: benign, threads: 1))
        #expect(try Precedents(applying: applying, benign: benign, threads: 3) == precedents)
        let fresh = try (directions(50, around: 0, seed: 3), directions(50, around: 6, seed: 4))
        for row in 0..<50 {
            #expect(try precedents.margin(of: fresh.0.row(row)) > 0.2)
            #expect(try precedents.margin(of: fresh.1.row(row)) < -0.2)
        }
        let numbers = precedents.numbers
        func read(_ applying: Int, _ benign: Int, _ values: [Float]) throws -> Precedents? {
            try Precedents(applying: applying, benign: benign, dimension: 16, values: values)
        }
        #expect(try read(numbers.applying, numbers.benign, numbers.values) == precedents)
        #expect(try read(numbers.applying, numbers.benign, numbers.values + [0]) == nil)
        #expect(try read(numbers.applying + 1, numbers.benign - 1, numbers.values) != precedents)
        #expect(try read(0, numbers.benign, numbers.values) == nil)
        #expect(try read(numbers.applying, numbers.benign, numbers.values.map { $0 * .infinity }) == nil)
        #expect(try Precedents(applying: try directions(39, around: 0, seed: 1), benign: benign, threads: 1) == nil)
    }

    // MARK: Libraries

    private static let openings = ["how can i", "tell me to", "what is", "where do i", "please", "my friend wants to"]

    /// Inputs about burglary, and others that share a word with a guideline now and then.
    private func inputs(_ count: Int, seed: UInt64) -> [LabelledInput] {
        var generator = SplitMix64(seed: seed)
        func pick(_ words: [String]) -> String { words[Int.random(in: 0..<words.count, using: &generator)] }
        return (0..<count).map { number in
            let opening = pick(Self.openings)
            guard number.isMultiple(of: 2) else {
                let text =
                    "\(opening) \(pick(["paint", "open", "plant", "explain", "cook"])) "
                    + "\(pick(["roses", "a window", "the soup", "a song", "the garden"])) \(pick(["today", "well", "key"])) \(number)"
                return LabelledInput(text: text, label: .benign)
            }
            let text =
                "\(opening) \(pick(["pick", "open", "break"])) \(pick(["a lock", "the door", "my neighbour's lock"])) "
                + "\(pick(["without its key", "when nobody is home", "at night"])) \(number)"
            return LabelledInput(
                text: text, label: number.isMultiple(of: 4) ? .guidelines(["locks"]) : .risks(["x:burglary"]))
        }
    }

    private func library() throws -> GuidelineLibrary {
        let library = try GuidelineLibrary.create(at: folder.library, options: options())
        var burglary = locks
        burglary.risk = ["x:burglary"]
        try library.add([burglary, doses, recipes])
        return library
    }

    @Test("What is learned keeps its promise on other inputs, until it is removed or another threshold is given")
    func search() throws {
        let library = try library()
        var wanted = CalibrationOptions()
        wanted.falseAlarmRate = 0.05
        let report = try library.calibrate(inputs(800, seed: 5), options: wanted)
        #expect(try library.calibration == nil, "nothing is kept unasked")
        #expect(report.calibration.falseAlarms.total == 400 && report.calibration.detections.total == 400)
        #expect(report.calibration.falseAlarms.rate ?? 1 <= 0.05 && report.calibration.detections.rate ?? 0 > 0.9)
        #expect(!report.calibration.isUncertain && report.alternatives.count(where: \.isChosen) == 1)
        #expect(report.falseAlarms.count == report.calibration.falseAlarms.count)
        #expect(report.misses.count == report.calibration.detections.total - report.calibration.detections.count)
        #expect(report.risks["x:burglary"]?.total == 400)
        let alarms = report.curve.map { $0.falseAlarms.count }
        #expect(
            alarms == alarms.sorted() && report.curve.map(\.threshold) == report.curve.map(\.threshold).sorted(by: >))

        try library.setCalibration(report.calibration)
        let others = inputs(800, seed: 6)
        func matched(_ isBenign: Bool, _ options: RetrievalOptions = RetrievalOptions()) throws -> Int {
            try others.count { input in
                guard (input.label == .benign) == isBenign else { return false }
                return try !library.search(input.text, options: options).matches.isEmpty
            }
        }
        // Five in a hundred, and what chance may add.
        #expect(try matched(true) < 36)
        #expect(try matched(false) > 350)

        let benign = try #require(others.first { $0.label == .benign }).text
        let found = try library.search(benign)
        #expect(found.calibration?.threshold == report.calibration.threshold)
        #expect(found.dropped.allSatisfy { $0.reason == .belowThreshold && $0.threshold != nil })
        for dropped in found.dropped {
            let shift = try #require(found.calibration).shift
            #expect(dropped.evidence == dropped.similarity.map { $0 + shift })
        }
        // Whatever says something else about thresholds goes before.
        var ignoring = RetrievalOptions()
        ignoring.usesCalibration = false
        for options in [ignoring, RetrievalOptions(minimumScore: -1), RetrievalOptions(method: .lexical)] {
            #expect(try library.search(benign + " key", options: options).calibration == nil)
        }
        #expect(try library.search(benign, options: ignoring).matches.count == 3)
        var own = doses
        own.threshold = -1
        try library.add([own])
        #expect(try library.search(benign).matches.map(\.id) == ["doses"])

        #expect(try library.search(benign).libraryVersion == 2 && library.search("!").libraryVersion == 2)
        // It is there for whoever opens the library, and for those who have it open.
        let other = try GuidelineLibrary.open(at: folder.library, mode: .readOnly, options: options())
        #expect(try other.calibration == report.calibration)
        try library.setCalibration(nil)
        #expect(try other.calibration == nil && library.calibration == nil)
        #expect(try other.search(benign).matches.count == 3)
    }

    @Test("What is outside the scope has no threshold by it")
    func scope() throws {
        let library = try library()
        var wanted = CalibrationOptions()
        wanted.scope = try GuidelineFilter(parsing: "risk = x:burglary")
        let report = try library.calibrate(inputs(400, seed: 7), options: wanted)
        #expect(report.guidelineCount == 1)
        try library.setCalibration(report.calibration)
        #expect(try library.calibration?.scope == wanted.scope)
        let found = try library.search("paint roses well")
        #expect(Set(found.matches.map(\.id)) == ["doses", "recipes"])
        #expect(found.matches.allSatisfy { $0.threshold == nil && $0.evidence == nil })
        // A guideline that comes into the scope later has the threshold for all.
        try library.add([Guideline(id: "late", text: "Say nothing of roses.", risk: ["x:burglary"])])
        #expect(try library.search("paint roses well").dropped.map(\.id).contains("late"))
    }

    @Test("The order of the inputs and the number of threads do not matter, to the last bit")
    func determinism() throws {
        let library = try library()
        let inputs = inputs(300, seed: 8)
        func stored(_ inputs: [LabelledInput], threads: Int) throws -> StoredCalibration {
            var options = CalibrationOptions()
            options.threads = threads
            options.usesPrecedents = true
            return try library.calibrate(inputs, options: options).calibration.stored(dimension: 32)
        }
        let one = try stored(inputs, threads: 1)
        #expect(!one.numbers.isEmpty)
        #expect(try stored(inputs.reversed(), threads: 3) == one)
    }

    @Test("With labels that mean nothing, precedents find nothing")
    func shuffledLabels() throws {
        let library = try library()
        var generator = SplitMix64(seed: 9)
        let shuffled = inputs(1_200, seed: 10).map { input in
            LabelledInput(
                text: input.text, label: Bool.random(using: &generator) ? .benign : .guidelines(["locks"]))
        }
        let report = try library.calibrate(shuffled)
        let rate = report.calibration.detections.rate ?? 1
        #expect(rate < 0.06, "as many as false alarms, by chance")
    }

    @Test("Too few inputs are told, not passed over")
    func fewInputs() throws {
        let library = try library()
        let few = try library.calibrate(inputs(60, seed: 11)).calibration
        #expect(few.isUncertain && few.falseAlarms.count == 0 && few.weight == 0)
        let benign = LabelledInput(text: "paint", label: .benign)
        let applying = LabelledInput(id: "q", text: "locks", label: .guidelines(["locks"]))
        for inputs in [[benign], [applying], []] {
            #expect(throws: FingerpostError.self) { try library.calibrate(inputs) }
        }
        let unknown = LabelledInput(id: "q", text: "a", label: .guidelines(["gone"]))
        #expect(throws: FingerpostError.unknownPositive(id: "gone", query: "q", nil)) {
            try library.calibrate([benign, applying, unknown])
        }
        var options = CalibrationOptions()
        options.allowsMissingPositives = true
        let report = try library.calibrate([benign, applying, unknown], options: options)
        #expect(report.missingPositives == ["gone"] && report.leftOutCount == 1)
        options.falseAlarmRate = 1
        #expect(throws: FingerpostError.self) { try library.calibrate([benign, applying], options: options) }
        options = CalibrationOptions()
        options.scope = try GuidelineFilter(parsing: "kind = style")
        #expect(throws: FingerpostError.self) { try library.calibrate([benign, applying], options: options) }
    }

    @Test("A damaged calibration is an error, and another encoder's is forgotten")
    func damage() throws {
        let library = try library()
        try library.setCalibration(try library.calibrate(inputs(400, seed: 12)).calibration)
        try library.close()
        let path = folder.library.appendingPathComponent("library.sqlite")
        let intact = try Data(contentsOf: path)
        let range = try #require(intact.range(of: Data("\"falseAlarmRate\":0.02".utf8)))
        var damaged = intact
        damaged[range.upperBound - 1] = UInt8(ascii: "9")
        try damaged.write(to: path)
        #expect(throws: GuidelineStoreError.self) {
            try GuidelineLibrary.open(at: folder.library, options: options()).search("paint")
        }
        #expect(try !LibraryVerification.run(at: folder.library).problems.isEmpty)
        // Those who give a threshold need none that was learned, and it can be removed.
        do {
            let library = try GuidelineLibrary.open(at: folder.library, options: options())
            #expect(try library.search("paint", options: RetrievalOptions(minimumScore: -1)).matches.count == 3)
            #expect(try library.removeCalibration() && !library.removeCalibration())
            #expect(try library.search("paint").matches.count == 3)
            try library.close()
        }
        try intact.write(to: path)
        let other = try GuidelineLibrary.reencode(at: folder.library, options: options(WordEncoder(name: "others")))
        #expect(try other.calibration == nil)
        #expect(try other.verify().isEmpty)
    }

    @Test("Labels are read as they stand, and faults are named by their lines")
    func labels() throws {
        func read(_ lines: String) throws -> [LabelledInput.Label] {
            try LabelledInput.read(from: .bytes(Array(lines.utf8), name: "labels.jsonl")).map(\.label)
        }
        #expect(
            try read(
                """
                {"query":"a","positives":["x","y"]}
                {"query":"a","positives":[]}
                {"query":"a","benign":true}
                {"query":"a","benign":true,"positives":[]}
                {"query":"a","risk":["mlc:vcr"],"benign":false}
                {"query":"a","risk":["mlc:vcr"],"positives":["x"]}
                """) == [
                    .guidelines(["x", "y"]), .benign, .benign, .benign, .risks(["mlc:vcr"]), .guidelines(["x"]),
                ])
        for line in [
            #"{"query":"a"}"#, #"{"query":"a","benign":1}"#, #"{"query":"a","risk":[]}"#, #"{"query":"a","risk":[1]}"#,
            #"{"query":"a","benign":true,"positives":["x"]}"#, #"{"query":"a","benign":true,"risk":["x"]}"#,
            #"{"positives":["x"]}"#, "",
        ] {
            #expect(throws: GuidelineStoreError.self, "\(line)") { try read(line) }
        }
        #expect(throws: GuidelineStoreError.self) {
            try LabelledInput.readBenign(from: .bytes(Array(#"{"query":"a","positives":["x"]}"#.utf8), name: "b"))
        }
    }
}
