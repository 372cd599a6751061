/// Something that was found in a text: what kind of thing, where, and how sure that is. Never the thing itself.
public struct Detection: Sendable, Hashable {
    /// ``PersonalDataKind``'s or ``SecretKind``'s raw value, or the name that a check gives to what it looks for.
    public var kind: String
    /// In bytes of UTF-8; on boundaries of Unicode scalars.
    public var range: Range<Int>
    /// 0 to 1: 1 where a prefix or check digits leave no doubt, less where only the shape speaks for it. Not a probability.
    public var confidence: Float

    public init(kind: String, range: Range<Int>, confidence: Float = 1) {
        (self.kind, self.range, self.confidence) = (kind, range, confidence)
    }

    /// In the order of the text; of those that overlap, the surest, then the longest, then the first.
    static func withoutOverlaps(_ detections: [Detection]) -> [Detection] {
        guard detections.count > 1 else { return detections }
        let ranked = detections.sorted { one, other in
            if one.confidence != other.confidence { return one.confidence > other.confidence }
            if one.range.count != other.range.count { return one.range.count > other.range.count }
            if one.range.lowerBound != other.range.lowerBound { return one.range.lowerBound < other.range.lowerBound }
            return one.kind < other.kind
        }
        // Kept ranges by their ends, so that the neighbours of a new one are found by halving.
        var kept: [Detection] = []
        for detection in ranked {
            var (low, high) = (0, kept.count)
            while low < high {
                let middle = (low + high) / 2
                if kept[middle].range.upperBound <= detection.range.lowerBound {
                    low = middle + 1
                } else {
                    high = middle
                }
            }
            if low < kept.count, kept[low].range.lowerBound < detection.range.upperBound { continue }
            kept.insert(detection, at: low)
        }
        return kept
    }
}

/// What ``PersonalData`` looks for.
public enum PersonalDataKind: String, Sendable, Hashable, Codable, CaseIterable {
    case email
    /// With a country code, or in a common national form.
    case phone
    /// A payment card: an issuer's range and length, and Luhn's check digit.
    case card
    /// An international bank account number: the country's length, and a remainder of 1 modulo 97.
    case iban
    /// A social security number of the United States.
    case usSSN = "us_ssn"
    /// A national insurance number of the United Kingdom.
    case ukNINO = "uk_nino"
    /// Tax identification number (ISO 7064, mod 11,10).
    case germanTaxID = "de_tax_id"
    /// DNI or NIE, with its letter.
    case spanishID = "es_id"
    /// NIR, with its key.
    case frenchNIR = "fr_nir"
    /// BSN, by the test of eleven.
    case dutchBSN = "nl_bsn"
    case polishPESEL = "pl_pesel"
    case brazilianCPF = "br_cpf"
    /// Aadhaar, by Verhoeff's check digit.
    case indianAadhaar = "in_aadhaar"
    /// Version 4 or 6.
    case ipAddress = "ip_address"

    /// What is looked for unless something else is asked for: all but addresses of machines.
    public static let standard = allCases.filter { $0 != .ipAddress }
}

/// What ``Secrets`` looks for.
public enum SecretKind: String, Sendable, Hashable, Codable, CaseIterable {
    case awsKey = "aws_key"
    case gitHubToken = "github_token"
    case gitLabToken = "gitlab_token"
    case slackToken = "slack_token"
    case stripeKey = "stripe_key"
    case googleKey = "google_key"
    /// `sk-…`, as OpenAI, Anthropic and others write it.
    case modelKey = "model_key"
    /// Tokens of package registries, mail and hosting services with a prefix of their own.
    case serviceToken = "service_token"
    case privateKey = "private_key"
    case webToken = "jwt"
    /// `password = …` and the like.
    case password
    /// The password in `scheme://user:password@host`.
    case connectionPassword = "connection_password"
    /// A value of high entropy that is given to a name such as `api_key`.
    case assignedKey = "assigned_key"
}
