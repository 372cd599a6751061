import ArgumentParser
import GuideAlign

/// Which model is asked, where, and what that may cost, for verbs that can do without one.
struct ModelArguments: ParsableArguments {
    @Option(help: "Address of an OpenAI-compatible server, such as http://localhost:11434/v1.")
    var endpoint: String?

    @Option(help: "Name of the model there.")
    var model: String?

    @OptionGroup var requests: RequestOptions

    /// The two that a run needs.
    func named() throws -> (endpoint: String, model: String) {
        guard let endpoint, !endpoint.isEmpty, let model, !model.isEmpty else {
            throw ValidationError("Name the server with --endpoint and the model with --model.")
        }
        return (endpoint, model)
    }

    /// A run whose answers are kept beside `output` unless a journal is named.
    func batch(output: String) throws -> BatchRun {
        let (endpoint, model) = try named()
        return try requests.batch(endpoint: endpoint, model: model, output: output)
    }
}
