import Fingerpost
import GuidelineStore

/// Guidelines that a library has for an input.
public struct RetrievedGuidelines: GuidelineSource {
    public let library: GuidelineLibrary
    public var options: RetrievalOptions
    public var composer: PromptComposer
    private let libraryID: String
    private let encoder: EncoderIdentity

    /// What the Guide-Align paper does: of the 20 best guidelines, the first 6 that are not alike.
    public static var paperOptions: RetrievalOptions {
        var options = RetrievalOptions(limit: 6)
        options.candidates = 20
        options.diversity = .fuzzy(0.5)
        return options
    }

    /// - Throws: Errors of the store.
    public init(
        library: GuidelineLibrary, options: RetrievalOptions = Self.paperOptions,
        composer: PromptComposer = PromptComposer()
    ) throws {
        self.library = library
        self.options = options
        self.composer = composer
        let information = try library.information()
        libraryID = information.statistics.libraryID
        encoder = information.encoder
    }

    public func guidance(for inputs: [ResponseInput]) async throws -> [Result<Guidance, GuideAlignError>] {
        try library.search(batch: inputs.map(\.query), options: options).map { found in
            let prompt = try composer.compose(found)
            let matches = Dictionary(found.matches.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            let items = prompt.guidelines.map { guideline in
                let match = matches[guideline.id]
                return Guidance.Item(
                    id: guideline.id, version: guideline.version, kind: guideline.kind, risk: guideline.risk,
                    title: guideline.title, text: guideline.text, score: match?.score, via: match?.via.label)
            }
            let dropped =
                found.dropped.map { Guidance.Dropped(id: $0.id, score: $0.score, reason: $0.reason.rawValue) }
                + prompt.cut.map { Guidance.Dropped(id: $0.id, score: $0.score, reason: "budget") }
            var usage = ModelUsage()
            usage.seconds = found.latency.total / .seconds(1)
            return .success(
                Guidance(
                    block: prompt.text, items: items, dropped: dropped,
                    origin: .library(
                        id: libraryID, version: found.libraryVersion, encoder: encoder.name,
                        encoderSHA256: encoder.sha256), usage: usage))
        }
    }
}

/// Guidelines that a model writes for each input before it is answered.
///
/// They are what retrieved guidelines are compared with: in the Guide-Align paper they are as good, and take 26 times as
/// long.
public struct FreshGuidelines: GuidelineSource {
    /// What was written for an input.
    public struct Written: Sendable, Hashable {
        public var guidelines: [Guidance.Item]
        public var usage: ModelUsage

        public init(guidelines: [Guidance.Item], usage: ModelUsage) {
            self.guidelines = guidelines
            self.usage = usage
        }
    }

    public let model: String
    public var template: PromptTemplate
    private let write: @Sendable ([ResponseInput]) async throws -> [Result<Written, GuideAlignError>]

    /// - Parameters:
    ///   - model: the name of the model that writes.
    ///   - write: gives what was written for each of the inputs, in their order, or why nothing was.
    public init(
        model: String, template: PromptTemplate = .guideAlign,
        write: @escaping @Sendable ([ResponseInput]) async throws -> [Result<Written, GuideAlignError>]
    ) {
        self.model = model
        self.template = template
        self.write = write
    }

    public func guidance(for inputs: [ResponseInput]) async throws -> [Result<Guidance, GuideAlignError>] {
        try await write(inputs).map { result in
            result.map { written in
                let guidelines = written.guidelines.map { Guideline(id: "", title: $0.title, text: $0.text) }
                return Guidance(
                    block: template.text(for: guidelines), items: written.guidelines, origin: .written(model: model),
                    usage: written.usage)
            }
        }
    }
}
