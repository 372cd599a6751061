import Foundation
import Platform
import Testing

/// A damaged index costs time; a damaged database is said to be one; nothing is lost over either.
@Suite("Damaged libraries")
struct DamagedLibraryTests {
    private func index(_ place: Workspace) -> URL {
        URL(fileURLWithPath: place.library).appendingPathComponent("index.hnsw")
    }
    private func database(_ place: Workspace) -> URL {
        URL(fileURLWithPath: place.library).appendingPathComponent("library.sqlite")
    }

    @Test("The index is built again whenever it is missing, cut, damaged, another library's or no index at all")
    func index() throws {
        let place = try Workspace()
        try place.build(30)
        let question = ["search", "pick the lock", "-l", place.library, "--json"]
        let answer = try Program.run(question).output
        let sound = try Data(contentsOf: index(place))

        let other = try Workspace()
        try other.build(12)
        var flipped = sound
        flipped[sound.count / 2] ^= 0x40
        var newer = sound
        // The version follows the magic number.
        newer[8] ^= 0x7F
        let damages: [(name: String, content: Data?, isProblem: Bool)] = [
            ("missing", nil, false), ("empty", Data(), true), ("cut in half", sound.prefix(sound.count / 2), true),
            ("cut by a byte", sound.dropLast(), true), ("a bit flipped", flipped, true),
            ("another version", newer, true),
            ("no index", Data("hello".utf8), true), ("another library's", try Data(contentsOf: index(other)), false),
        ]
        for damage in damages {
            try FileManager.default.removeItem(at: index(place))
            if let content = damage.content { try content.write(to: index(place)) }
            let verified = try Program.run(["verify", "-l", place.library, "--json"])
            #expect(verified.status == (damage.isProblem ? 1 : 0), "\(damage.name) \(verified)")
            let report = try verified.json()
            #expect(report["sound"] as? Bool == !damage.isProblem, "\(damage.name)")
            #expect((report["notes"] as? [String])?.isEmpty == damage.isProblem, "\(damage.name) \(verified)")
            // Verifying repairs nothing.
            let left = try? Data(contentsOf: index(place))
            #expect(left == damage.content, "\(damage.name)")

            let search = try Program.run(question)
            #expect(search.status == 0 && search.output == answer, "\(damage.name) \(search)")
            #expect(try Data(contentsOf: index(place)) == sound, "\(damage.name): the same index as before")
            let after = try Program.run(["verify", "-l", place.library])
            #expect(after.status == 0 && after.output.contains("is sound: 30 guidelines"), "\(damage.name) \(after)")
        }
    }

    @Test("An index that is older than the database catches up")
    func olderIndex() throws {
        let place = try Workspace()
        try place.build(10)
        let old = try Data(contentsOf: index(place))
        try place.build(20)
        try old.write(to: index(place))
        let verified = try Program.run(["verify", "-l", place.library])
        #expect(verified.status == 0 && verified.output.contains("older than the database"), "\(verified)")
        let found = try Program.run(["search", "lock", "-l", place.library, "-k", "100", "--json"]).json()
        #expect((found["matches"] as? [Any])?.count == 20)
    }

    @Test("A database that is damaged, cut, newer or another program's is refused and left as it is")
    func database() throws {
        let place = try Workspace()
        try place.build(30)
        let sound = try Data(contentsOf: database(place))
        var newer = sound
        newer.replaceSubrange(60..<64, with: [0, 0, 0x7F, 0xFF])
        var foreign = sound
        foreign.replaceSubrange(68..<72, with: [0, 0, 0, 0])
        let damages: [(name: String, content: Data, code: String)] = [
            ("empty", Data(), "not_a_library"), ("no database", Data("hello".utf8), "not_a_library"),
            ("cut", sound.prefix(sound.count / 2), "corrupt"), ("newer", newer, "newer_version"),
            ("another program's", foreign, "not_a_library"),
        ]
        for damage in damages {
            try damage.content.write(to: database(place))
            for verb in [["search", "lock"], ["info"], ["verify"], ["build", place.path("rules-30.jsonl")]] {
                let result = try Program.run(verb + ["-l", place.library, "--json"])
                #expect(result.status == 1 && result.output.isEmpty, "\(damage.name) \(verb) \(result)")
                let error = try result.error()
                #expect(error.code == damage.code, "\(damage.name) \(verb) \(error)")
                #expect(error.message.contains(place.library), "\(error)")
            }
            #expect(try Data(contentsOf: database(place)) == damage.content, "\(damage.name)")
        }
        try sound.write(to: database(place))
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
    }

    @Test("Bytes changed anywhere in the database are found")
    func flippedBytes() throws {
        let place = try Workspace()
        try place.build(30)
        let sound = try Data(contentsOf: database(place))
        var generator = SplitMix64(seed: 11)
        var found = 0
        for _ in 0..<8 {
            var damaged = sound
            // Beyond the header, where there is something.
            var start = 0
            repeat {
                start = Int.random(in: 4_096..<(sound.count - 64), using: &generator)
            } while !sound[start..<(start + 48)].allSatisfy { $0 != 0 }
            for offset in 0..<48 { damaged[start + offset] = UInt8.random(in: 0...255, using: &generator) }
            try damaged.write(to: database(place))
            let result = try Program.run(["verify", "-l", place.library, "--json"])
            #expect(result.status == 1, "\(start): \(result)")
            if result.status == 1 { found += 1 }
        }
        #expect(found == 8)
    }

    @Test("No library: status 2, and what to do")
    func missing() throws {
        let place = try Workspace()
        for verb in [["search", "lock"], ["info"], ["verify"], ["evaluate", "--queries", "-"]] {
            let result = try Program.run(
                verb + ["-l", place.path("none"), "--json"], input: #"{"query":"a","positives":[]}"#)
            #expect(result.status == 2 && result.output.isEmpty, "\(verb) \(result)")
            #expect(try result.error().code == "library_not_found")
        }
        #expect(!FileManager.default.fileExists(atPath: place.path("none")))
    }
}
