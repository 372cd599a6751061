import Foundation
import Testing

/// Disks that are full and folders that may not be written.
@Suite("Hostile disks")
struct HostileDiskTests {
    /// Becomes another user where we are one that permissions do not bind; nil where that cannot be done.
    static let confinement: String? = {
        guard getuid() == 0 else { return "" }
        let prefix = "setpriv --reuid=65534 --regid=65534 --clear-groups "
        let result = try? Program.shell("\(prefix)\"$FINGERPOST\" --version")
        return result?.status == 0 ? prefix : nil
    }()

    @Test("A file as large as is allowed: the library keeps what it had")
    func fileSizeLimit() throws {
        let place = try Workspace()
        try place.build(20)
        let corpus = try place.write(Workspace.rules(0..<1_500), to: "many.jsonl")
        let result = try Program.shell("ulimit -f 300; \"$FINGERPOST\" build '\(corpus)' -l '\(place.library)' --json")
        #expect(result.status == 1 && result.output.isEmpty, "\(result)")
        let error = try result.error()
        #expect(["disk_full", "database"].contains(error.code), "\(error)")
        #expect(error.message.contains("library"), "\(error)")
        let info = try Program.run(["info", "-l", place.library, "--json"])
        #expect(try info.json()["guidelines"] as? Int == 20, "\(info)")
        let verified = try Program.run(["verify", "-l", place.library])
        #expect(verified.status == 0, "\(verified)")
        // With room, the same build succeeds.
        #expect(try Program.run(["build", corpus, "-l", place.library]).status == 0)
        #expect(try Program.run(["verify", "-l", place.library]).status == 0)
    }

    @Test("A matrix that does not fit leaves the one before")
    func embedWithoutSpace() throws {
        let place = try Workspace()
        let few = try place.write("{\"text\":\"lock\"}\n", to: "few.jsonl")
        let many = try place.write(String(repeating: "{\"text\":\"lock\"}\n", count: 20_000), to: "many.jsonl")
        let output = place.path("v.npy")
        #expect(try Program.run(["embed", few, "-o", output, "--encoder", place.encoder]).status == 0)
        let before = try Data(contentsOf: URL(fileURLWithPath: output))
        let result = try Program.shell(
            "ulimit -f 100; \"$FINGERPOST\" embed '\(many)' -o '\(output)' --encoder '\(place.encoder)' --json")
        #expect(result.status == 1, "\(result)")
        #expect(try result.error().message.contains("v.npy"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == before)
        let left = try FileManager.default.contentsOfDirectory(atPath: place.folder.path).filter {
            $0.contains(".tmp-")
        }
        #expect(left.isEmpty)
    }

    @Test(
        "A folder that may not be written: searching works, building is refused",
        .enabled(
            if: confinement != nil, "the tests run as root, whom permissions do not bind, and setpriv is not there"))
    func readOnlyFolder() throws {
        let prefix = Self.confinement ?? ""
        let place = try Workspace()
        try place.build(20)
        let library = place.library
        #expect(try Program.shell("chmod a+rx '\(place.folder.path)'; chmod -R a+rX,a-w '\(library)'").status == 0)
        defer { _ = try? Program.shell("chmod -R u+w '\(library)'") }
        let search = try Program.shell("\(prefix)\"$FINGERPOST\" search lock -l '\(library)' --json")
        #expect(search.status == 0, "\(search)")
        #expect(((try search.json())["matches"] as? [Any])?.count == 6)
        let verify = try Program.shell("\(prefix)\"$FINGERPOST\" verify -l '\(library)'")
        #expect(verify.status == 0, "\(verify)")
        let corpus = place.path("rules-20.jsonl")
        let build = try Program.shell("\(prefix)\"$FINGERPOST\" build '\(corpus)' -l '\(library)' --json")
        #expect(build.status == 1 && build.output.isEmpty, "\(build)")
        #expect(try build.error().code == "read_only")
        let fresh = try Program.shell(
            "\(prefix)\"$FINGERPOST\" build '\(corpus)' -l '\(library)/inner' --encoder '\(place.encoder)' --json")
        #expect(fresh.status == 1 || fresh.status == 2, "\(fresh)")
        #expect(try fresh.error().message.contains("inner"))
        let embed = try Program.shell(
            "\(prefix)\"$FINGERPOST\" embed '\(corpus)' -o '\(library)/v.npy' --encoder '\(place.encoder)' --json")
        #expect(embed.status == 1, "\(embed)")
        #expect(try embed.error().code == "read_only")
    }
}
