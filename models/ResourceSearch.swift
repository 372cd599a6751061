import Foundation

/// A folder that comes with the package, and a file by which it is known to be whole.
struct Resource {
    var name: String
    var file: String

    static let encoder = Resource(name: "fingerpost-small", file: "config.json")
    static let sampleCorpus = Resource(name: "sample-corpus", file: "guidelines.jsonl")
}

/// Where to look, worked out from facts about the process so that a test can make them up.
struct ResourceSearch {
    /// The folder the environment names, if it names one.
    var named: URL?
    /// The program's file, symbolic links resolved.
    var executable: URL?
    /// Resource folders of the bundles that this code may be part of.
    var bundles: [URL] = []

    /// The name that the package manager gives to this target's resources.
    private static let bundleName = "Fingerpost_FingerpostResources"

    /// Folders that may hold the resources, in their order, each once.
    var locations: [URL] {
        if let named { return [named] }
        var locations: [URL] = []
        if let executable {
            let folder = executable.deletingLastPathComponent()
            locations += Self.packageBundles(in: folder)
            locations.append(folder.deletingLastPathComponent().appendingPathComponent("share/fingerpost/models"))
        }
        for bundle in bundles {
            locations += Self.packageBundles(in: bundle)
            locations.append(bundle)
        }
        var seen: Set<String> = []
        return locations.map(\.standardizedFileURL).filter { seen.insert($0.path).inserted }
    }

    func find(_ resource: Resource) throws(ResourceError) -> URL {
        for location in locations {
            let folder = location.appendingPathComponent(resource.name, isDirectory: true)
            if FileManager.default.fileExists(atPath: folder.appendingPathComponent(resource.file).path) {
                return folder
            }
        }
        if let named { throw .notInNamedFolder(resource: resource.name, folder: named) }
        throw .notFound(resource: resource.name, searched: locations)
    }

    /// The forms a package's resource bundle takes: a plain folder on Linux, a bundle with or without inner structure
    /// on Apple systems.
    private static func packageBundles(in folder: URL) -> [URL] {
        #if canImport(Darwin)
        let bundle = folder.appendingPathComponent("\(bundleName).bundle")
        return [bundle, bundle.appendingPathComponent("Contents/Resources")]
        #else
        return [folder.appendingPathComponent("\(bundleName).resources")]
        #endif
    }
}

extension ResourceSearch {
    /// The search as this process stands now. Reading it costs a few system calls.
    static func ofThisProcess() -> ResourceSearch {
        var search = ResourceSearch()
        if let path = ProcessInfo.processInfo.environment[BundledModels.environmentVariable], !path.isEmpty {
            search.named = URL(fileURLWithPath: path, isDirectory: true)
        }
        search.executable = executableFile()
        search.bundles = [Bundle.main.resourceURL].compactMap(\.self)
        #if canImport(Darwin)
        // In tests and frameworks the executable is another program's; the bundle that holds this code is ours, and
        // a test bundle lies beside the package's resources.
        let own = Bundle(for: OwnCode.self)
        search.bundles += [own.resourceURL, own.bundleURL.deletingLastPathComponent()].compactMap(\.self)
        #endif
        return search
    }

    private static func executableFile() -> URL? {
        #if os(Linux) || os(Android)
        // A name in argv may be relative to a folder that is no longer the current one.
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe") {
            return URL(fileURLWithPath: path)
        }
        #endif
        return Bundle.main.executableURL?.resolvingSymlinksInPath()
    }

    #if canImport(Darwin)
    /// Exists to ask which bundle it was loaded from.
    private final class OwnCode {}
    #endif
}
