import Foundation

/// A bundled resource that is not where the program runs.
public enum ResourceError: Error, Sendable, Hashable {
    /// None of the places that are searched holds the resource.
    case notFound(resource: String, searched: [URL])
    /// The environment names a folder, and the resource is not in it.
    case notInNamedFolder(resource: String, folder: URL)
}

extension ResourceError: CustomStringConvertible {
    public var description: String {
        let variable = BundledModels.environmentVariable
        switch self {
        case .notFound(let resource, let searched):
            let places = searched.map { "\n  \($0.path)" }.joined()
            return """
                cannot find \(resource), which comes with Fingerpost. Looked in:\(places)
                Reinstall with `make install`, copy the resource bundle to where the executable is, or set \(variable) \
                to the folder that holds \(resource).
                """
        case .notInNamedFolder(let resource, let folder):
            return """
                \(variable) names \(folder.path), which holds no \(resource). Name the folder that holds it, or unset \
                \(variable) to use what comes with the program.
                """
        }
    }
}
