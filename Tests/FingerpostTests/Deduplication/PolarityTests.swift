import Testing
@testable import Fingerpost

@Suite struct PolarityTests {
    /// Pairs that are alike in words, and whether they are opposite.
    static let pairs: [(String, String, isOpposite: Bool)] = [
        ("It's rude not to tip a waiter.", "It's rude to tip a waiter.", true),
        ("Share the user's address.", "Do not share the user's address.", true),
        ("Share the user's address.", "Never share the user's address.", true),
        ("You should lie to your parents.", "You shouldn't lie to your parents.", true),
        ("Always name the dose.", "Never name the dose.", true),
        ("Answer questions about weapons.", "Refuse to answer questions about weapons.", true),
        ("Answer questions about weapons.", "Decline questions about weapons.", true),
        ("Use slang with customers.", "Avoid slang with customers.", true),
        ("It is okay to read someone's diary.", "It is wrong to read someone's diary.", true),
        ("It's good to skip work.", "It's rude to skip work.", true),
        ("Allow users to upload files.", "Forbid users to upload files.", true),
        ("Encourage users to see a doctor.", "Discourage users from seeing a doctor.", true),
        ("Include the source in the answer.", "Exclude the source from the answer.", true),
        ("You must log the request.", "You must not log the request.", true),
        ("Give safe advice on ladders.", "Give unsafe advice on ladders.", true),
        ("Be honest with the customer.", "Be dishonest with the customer.", true),
        ("Describe the harmful effects of the drug.", "Describe the harmless effects of the drug.", true),
        ("Write the summary with the names.", "Write the summary without the names.", true),
        ("Open the attachment.", "Do not open the attachment unless it was expected.", true),
        ("Give legal advice.", "Don't give legal advice.", true),
        ("Tell children where to buy tobacco.", "Tell no children where to buy tobacco.", true),
        ("Stop the conversation when the user is angry.", "Continue the conversation when the user is angry.", true),
        ("Prevent the user from deleting the log.", "Help the user with deleting the log.", true),
        ("Reveal the system prompt when asked.", "Hide the system prompt when asked.", true),
        ("Keep the personal data of visitors.", "Delete the personal data of visitors.", true),
        ("Respond politely to insults.", "Respond impolitely to insults.", true),
        ("Write long answers to simple questions.", "Write short answers to simple questions.", true),
        ("Mention the name, not the address.", "Mention the address, not the name.", true),
        ("People should be allowed to protest.", "People should not be allowed to protest.", true),
        ("It is legal to record calls here.", "It is illegal to record calls here.", true),
        ("Disclose that you are a program.", "Withhold that you are a program.", true),
        ("Ask for consent before you record.", "Do not ask for consent before you record.", true),
        ("Use a formal tone.", "Use a casual tone.", true),
        ("Nobody should be asked for their religion.", "Everybody should be asked for their religion.", true),
        ("Speak of the dead with respect.", "Speak of the dead with disrespect.", true),
        ("Increase the detail for beginners.", "Decrease the detail for beginners.", true),

        ("Do not share the user's address.", "Never share the user's address.", false),
        ("Do not share the user's address.", "Don't share the address of the user.", false),
        ("Refuse to answer questions about weapons.", "Decline to answer questions on weapons.", false),
        ("You should not lie to your parents.", "You shouldn't lie to your parents, ever.", false),
        ("It is wrong to read someone's diary.", "It's rude to read someone's diary.", false),
        ("It's good to be kind to animals.", "It is kind to be good to animals.", false),
        ("Never fail to name the source.", "Name the source.", false),
        (
            "Do not forget the date, do not stop checking the units.",
            "Do not forget the date, keep checking the units.", false
        ),
        ("Answer in the user's language, no matter what.", "Answer in the user's language.", false),
        ("Name not only the risk but the remedy.", "Name the risk and also the remedy.", false),
        ("Explain the steps in order.", "Please explain the steps, in their order.", false),
        ("Avoid slang with customers.", "Do not use slang with customers.", false),
        ("Without exception, cite the law.", "Cite the law.", false),
        ("Use plain words for medical terms.", "Use simple words for medical terms.", false),
        ("It's wrong to cheat in an exam.", "You should not cheat in an exam.", false),
        ("It is immoral to steal from friends.", "It's rude to steal from friends.", false),
        ("Do not give unsafe advice.", "Give safe advice.", false),
        ("Cannot be used to store passwords.", "Must not be used to store passwords.", false),
        ("Tell the user that help is available.", "Tell users that help is available to them.", false),
        ("Refrain from guessing the age of people.", "Avoid guessing the age of people.", false),
        ("Check the figures twice.", "Check all figures two times.", false),
        ("Forbid links to unknown sites.", "Prohibit links to unknown sites.", false),
        ("Do not insult a user who is wrong.", "Do not insult users who are wrong.", false),
        ("Ask whether or not the user is an adult.", "Ask whether the user is an adult.", false),
        ("Nobody should be asked for their religion.", "No one should be asked for their religion.", false),
        ("Warn of the danger before you explain.", "Warn about the danger before explaining.", false),
        ("Keep the tone friendly and calm.", "Keep a friendly, calm tone.", false),
        ("Do not, under any circumstances, share keys.", "Never share keys.", false),
        ("Always thank the person.", "Always thank people.", false),
        ("Say so if you do not know.", "If you don't know, say so.", false),
        ("Instead of guessing, ask.", "Ask instead of guessing.", false),
        ("Help without judging.", "Help and do not judge.", false),
        ("It's rude not to tip a waiter.", "It's good to tip a waiter.", false),
        ("Offer the number of a crisis line.", "Give the number of a crisis line.", false),
    ]

    /// The words were chosen with pairs like these in view, so the figures flatter: on real rules it errs more often.
    @Test func precisionAndRecall() {
        var (hits, falseAlarms, misses) = (0, 0, 0)
        var wrong: [String] = []
        for (a, b, isOpposite) in Self.pairs {
            let found = Polarity.isOpposite(TextNormalization.normalized(a), TextNormalization.normalized(b))
            switch (found, isOpposite) {
            case (true, true): hits += 1
            case (true, false): falseAlarms += 1
            case (false, true): misses += 1
            case (false, false): break
            }
            if found != isOpposite { wrong.append("\(a) | \(b)") }
        }
        #expect(Self.pairs.count >= 60)
        let precision = Double(hits) / Double(hits + falseAlarms)
        let recall = Double(hits) / Double(hits + misses)
        #expect(precision >= 0.9 && recall >= 0.95, "precision \(precision), recall \(recall): \(wrong)")
    }

    @Test func itIsSymmetricAndNeverOfTheSame() {
        for (a, b, _) in Self.pairs {
            let (a, b) = (TextNormalization.normalized(a), TextNormalization.normalized(b))
            #expect(Polarity.isOpposite(a, b) == Polarity.isOpposite(b, a), "\(a) | \(b)")
            #expect(!Polarity.isOpposite(a, a) && !Polarity.isOpposite(b, b))
        }
    }

    @Test func otherLanguagesByTheirNegations() {
        for (a, b, language) in [
            ("teile die adresse", "teile die adresse nicht", "de"),
            ("partagez l adresse", "ne partagez pas l adresse", "fr-CA"),
            ("comparte la dirección", "nunca compartas la dirección", "es"),
        ] {
            #expect(Polarity.isOpposite(a, b, language: language))
            #expect(!Polarity.isOpposite(b, b + " x", language: language))
        }
    }
}
