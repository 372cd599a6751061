import GuidelineStore

extension JudgedPair {
    /// The row of a file of judgements.
    public func json(_ sides: ComparisonSides) -> JSONValue {
        let votes = votes
        var row: [String: JSONValue] = [
            "id": .string(id), "fields": .object(fields), "identical": .bool(isIdentical),
            "answers": .object([sides.left: .string(leftHash), sides.right: .string(rightHash)]),
            "judge": .optional(judge),
        ]
        if isCompared {
            row["preferred"] = .string(sides.name(preference))
            row["consistent"] = .bool(isConsistent)
            row["margin"] = .number(margin)
            row["votes"] = .object([
                sides.left: .integer(votes.left), sides.right: .integer(votes.right),
                "tie": .integer(votes.total - votes.left - votes.right),
            ])
        }
        if !criteria.isEmpty {
            row["criteria"] = .array(
                criteria.map { item in
                    .object([
                        "criterion": .string(item.criterion.rawValue),
                        "verdicts": .array([
                            .string(item.verdicts.leftFirst.rawValue), .string(item.verdicts.rightFirst.rawValue),
                        ]),
                        "preferred": .string(sides.name(item.verdicts.preference)),
                    ])
                })
        }
        if !reviews.isEmpty {
            row["reviews"] = .array(
                reviews.map { review in
                    .object([
                        "preferred": .string(sides.name(review.preference)), "reviewer": .optional(review.reviewer),
                    ])
                })
        }
        if leftIsHarmless != nil || rightIsHarmless != nil {
            row["harmless"] = .object([
                sides.left: .optional(leftIsHarmless), sides.right: .optional(rightIsHarmless),
            ])
        }
        return .object(row)
    }

    /// Reads a row that ``json(_:)`` wrote.
    ///
    /// - Throws: ``GuidelineStoreError`` with the line and the field at fault.
    public init(_ line: JSONLine, sides: ComparisonSides) throws(GuidelineStoreError) {
        let row = RowReader(members: line.members, location: line.location)
        func preference(_ name: String) throws(GuidelineStoreError) -> Preference {
            guard let preference = sides.preference(name) else {
                throw .invalidField(
                    "preferred", problem: "is \"\(name)\"; it must be \(sides.left), \(sides.right) or tie",
                    row.location
                )
            }
            return preference
        }
        id = try row.text("id")
        fields = try row.optionalObject("fields")?.members ?? [:]
        let answers = try row.object("answers")
        leftHash = try answers.text(sides.left)
        rightHash = try answers.text(sides.right)
        isIdentical = try row.bool("identical") ?? false
        judge = try row.optionalText("judge")
        if row.members["criteria"] != nil {
            for item in try row.objects("criteria") {
                let verdicts = try item.texts("verdicts").compactMap(PairVerdict.init(rawValue:))
                guard let criterion = JudgeCriterion(rawValue: try item.text("criterion")), verdicts.count == 2 else {
                    throw .invalidField("criteria", problem: "is none that fingerpost compare wrote", row.location)
                }
                criteria.append(
                    Criterion(
                        criterion: criterion,
                        verdicts: OrderedVerdicts(leftFirst: verdicts[0], rightFirst: verdicts[1])))
            }
        }
        if row.members["reviews"] != nil {
            for item in try row.objects("reviews") {
                reviews.append(
                    Review(
                        preference: try preference(try item.text("preferred")),
                        reviewer: try item.optionalText("reviewer")))
            }
        }
        if let harmless = try row.optionalObject("harmless") {
            leftIsHarmless = try harmless.bool(sides.left)
            rightIsHarmless = try harmless.bool(sides.right)
        }
    }
}
