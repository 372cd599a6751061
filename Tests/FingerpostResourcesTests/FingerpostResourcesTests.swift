import Foundation
import Testing

@testable import FingerpostResources

@Suite("Bundled resources")
struct FingerpostResourcesTests {
    @Test("The sample corpus is found from a test, whose executable lies in the build folder")
    func findsSampleCorpus() throws {
        let folder = try BundledModels.sampleCorpus()
        let guidelines = try String(contentsOf: folder.appendingPathComponent("guidelines.jsonl"), encoding: .utf8)
        #expect(guidelines.split(separator: "\n").count >= 400)
    }

    @Test("The encoder is found from a test and is whole")
    func findsEncoder() throws {
        let folder = try BundledModels.encoderFolder()
        for file in ["config.json", "tokenizer.json", "model.safetensors"] {
            let values = try folder.appendingPathComponent(file).resourceValues(forKeys: [.fileSizeKey])
            #expect((values.fileSize ?? 0) > 0, "\(file) is empty or missing")
        }
    }

    @Test("What is found lies in one of the places said to be searched")
    func foundWhereSaid() throws {
        let parent = try BundledModels.sampleCorpus().deletingLastPathComponent().standardizedFileURL.path
        #expect(BundledModels.searchedLocations.map(\.path).contains(parent))
    }
}

@Suite("Where resources are looked for")
struct ResourceSearchTests {
    @Test("Around an installed executable")
    func installed() throws {
        let place = try TemporaryFolder()
        let folder = try place.makeResource(.encoder, in: "usr/share/fingerpost/models")
        var search = ResourceSearch()
        search.executable = place.url.appendingPathComponent("usr/bin/fingerpost")
        #expect(try search.find(.encoder).path == folder.path)
    }

    #if !canImport(Darwin)
    @Test("Beside the executable, before what is installed around it")
    func besideExecutable() throws {
        let place = try TemporaryFolder()
        try place.makeResource(.encoder, in: "usr/share/fingerpost/models")
        let folder = try place.makeResource(.encoder, in: "usr/bin/Fingerpost_FingerpostResources.resources")
        var search = ResourceSearch()
        search.executable = place.url.appendingPathComponent("usr/bin/fingerpost")
        #expect(try search.find(.encoder).path == folder.path)
    }
    #endif

    @Test("In the resources of an app")
    func inBundle() throws {
        let place = try TemporaryFolder()
        let folder = try place.makeResource(.sampleCorpus, in: "App.app/Resources")
        var search = ResourceSearch()
        search.executable = place.url.appendingPathComponent("App.app/MacOS/App")
        search.bundles = [place.url.appendingPathComponent("App.app/Resources")]
        #expect(try search.find(.sampleCorpus).path == folder.path)
    }

    @Test("A folder without the file that makes it whole is passed over")
    func passesOverHalfFolders() throws {
        let place = try TemporaryFolder()
        let folder = try place.makeResource(.encoder, in: "second")
        try FileManager.default.createDirectory(
            at: place.url.appendingPathComponent("first/fingerpost-small"), withIntermediateDirectories: true)
        var search = ResourceSearch()
        search.bundles = ["first", "second"].map(place.url.appendingPathComponent)
        #expect(try search.find(.encoder).path == folder.path)
    }

    @Test("The folder that the environment names is used alone, and must hold what is asked for")
    func namedFolder() throws {
        let place = try TemporaryFolder()
        let named = place.url.appendingPathComponent("named")
        let folder = try place.makeResource(.encoder, in: "named")
        try place.makeResource(.sampleCorpus, in: "elsewhere")
        var search = ResourceSearch(named: named)
        search.bundles = [place.url.appendingPathComponent("elsewhere")]
        #expect(try search.find(.encoder).path == folder.path)
        #expect(search.locations == [named])
        #expect(throws: ResourceError.notInNamedFolder(resource: "sample-corpus", folder: named)) {
            try search.find(.sampleCorpus)
        }
    }

    @Test("The error names every place, and what to do")
    func errorListsPlaces() throws {
        let place = try TemporaryFolder()
        var search = ResourceSearch()
        search.executable = place.url.appendingPathComponent("bin/fingerpost")
        search.bundles = [place.url.appendingPathComponent("bundle")]
        let error = #expect(throws: ResourceError.self) { try search.find(.encoder) }
        let description = try #require(error).description
        #expect(search.locations.count >= 3)
        for location in search.locations { #expect(description.contains(location.path)) }
        #expect(description.contains("fingerpost-small"))
        #expect(description.contains("FINGERPOST_MODELS"))
    }

    @Test("No place is listed twice")
    func listsOnce() {
        let search = ResourceSearch(
            executable: URL(fileURLWithPath: "/opt/bin/fingerpost"),
            bundles: [
                URL(fileURLWithPath: "/opt/bin"), URL(fileURLWithPath: "/opt/bin/"),
                URL(fileURLWithPath: "/opt/x/../bin"),
            ])
        #expect(Set(search.locations.map(\.path)).count == search.locations.count)
        #expect(search.locations.filter { $0.path == "/opt/bin" }.count == 1)
    }
}

/// A folder of its own for one test, removed with it.
private final class TemporaryFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("fingerpost-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// Lays out a resource under `folder` and returns its own folder.
    @discardableResult
    func makeResource(_ resource: Resource, in folder: String) throws -> URL {
        let made = url.appendingPathComponent(folder).appendingPathComponent(resource.name)
        try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
        try Data("{}".utf8).write(to: made.appendingPathComponent(resource.file))
        return made
    }
}
