import GuidelineStore

/// Stage 2 of Guide-Align: asks a model with the guidelines that apply to an input, and without them.
public struct Responder: Sendable {
    public var source: any GuidelineSource
    public var batch: BatchRun
    public var parameters = ResponseParameters()
    public var sides: Set<AnsweredInput.Side> = [.guided, .unguided]
    /// How many answers are asked for at most where they are empty.
    public var tries = 3
    /// What ``AnsweredInput/createdBy`` is.
    public var createdBy: String

    public init(source: any GuidelineSource, batch: BatchRun, createdBy: String) {
        self.source = source
        self.batch = batch
        self.createdBy = createdBy
    }

    public struct Outcome: Sendable {
        /// For each input, in the order given.
        public var results: [Result<AnsweredInput, ResponseFailure>]
        /// Empty answers, those included after which another one was not.
        public var malformed: Int
        /// As ``BatchRun/Outcome/stopped``.
        public var stopped: GuideAlignError?
    }

    /// Answers inputs. Where no guideline applies there is one request, whose answer is both the guided and the unguided
    /// one. What is in the journal is not asked again; the result is the same whatever was asked when.
    ///
    /// - Throws: `CancellationError`, what the source throws, and ``GuideAlignError`` when the journal cannot be written.
    /// - Complexity: O(inputs) requests; memory for all their answers, so hand over many inputs in parts.
    public func respond(
        to inputs: [ResponseInput], progress: (@Sendable (_ settled: Int, _ total: Int) -> Void)? = nil
    ) async throws -> Outcome {
        let guidance = try await source.guidance(for: inputs)
        var requests: [ChatRequest] = []
        // For each input the places of its requests.
        var places: [(guided: Int?, unguided: Int?)] = []
        for (input, guidance) in zip(inputs, guidance) {
            guard case .success(let guidance) = guidance else {
                places.append((nil, nil))
                continue
            }
            var place: (guided: Int?, unguided: Int?) = (nil, nil)
            let isShared = guidance.block.isEmpty
            if sides.contains(.guided) {
                place.guided = requests.count
                requests.append(parameters.request(input.messages.adding(guidance: guidance.block)))
            }
            if sides.contains(.unguided) {
                place.unguided = isShared && place.guided != nil ? place.guided : requests.count
                if place.unguided == requests.count { requests.append(parameters.request(input.messages)) }
            }
            places.append(place)
        }
        var report: (@Sendable (Int, Int) -> Void)?
        if let progress {
            let total = inputs.count
            report = { settled, all in progress(total * settled / max(1, all), total) }
        }
        let host = batch.client.endpoint.host
        func read(_ answer: ChatAnswer) throws(GuideAlignError) {
            guard answer.text.contains(where: { !$0.isWhitespace }) else {
                throw .malformedAnswer(host: host, problem: "the answer is empty")
            }
        }
        let answers: BatchRun.ReadOutcome<Void> = try await batch.run(
            requests, tries: tries, progress: report, read: read)
        let results = inputs.indices.map { index in
            row(inputs[index], guidance[index], places[index], answers.results)
        }
        // A source that asks a model may come to an end too.
        let ended = guidance.lazy.compactMap { result -> GuideAlignError? in
            if case .failure(let error) = result { error } else { nil }
        }.first(where: \.isHopeless)
        return Outcome(results: results, malformed: answers.malformed, stopped: answers.stopped ?? ended)
    }

    private func row(
        _ input: ResponseInput, _ guidance: Result<Guidance, GuideAlignError>,
        _ places: (guided: Int?, unguided: Int?), _ answers: [Result<ReadAnswer<Void>, UnreadAnswer>]
    ) -> Result<AnsweredInput, ResponseFailure> {
        do {
            let guidance = try guidance.mapError { UnreadAnswer(error: $0, answer: nil) }.get()
            return .success(
                AnsweredInput(
                    id: input.id, input: input.messages, fields: input.fields,
                    prompt: input.messages.adding(guidance: guidance.block), guidance: guidance,
                    guided: try places.guided.map { try answers[$0].get().answer },
                    unguided: try places.unguided.map { try answers[$0].get().answer },
                    model: batch.client.endpoint.model, parameters: parameters, createdBy: createdBy))
        } catch let unread as UnreadAnswer {
            return .failure(ResponseFailure(input: input, reason: unread))
        } catch {
            return .failure(ResponseFailure(input: input, reason: UnreadAnswer(error: .notAsked, answer: nil)))
        }
    }
}

/// An input that has no answer.
public struct ResponseFailure: Error, Sendable {
    public var input: ResponseInput
    public var reason: UnreadAnswer

    /// A row of the list of what is kept aside: which input, why, and what came if anything did.
    public var json: JSONValue {
        .object([
            "id": .string(input.id), "code": .string(reason.error.code), "message": .string(reason.error.description),
            "file": .optional(input.location?.file), "line": .optional(input.location?.line),
            "answer": reason.answer?.json ?? .null,
        ])
    }
}
