import Testing

@testable import GuideAlign

/// What each format looks like, byte for byte: the names are those that the programs which read them ask for.
@Suite("Formats of training data")
struct TrainingFormatTests {
    private let prompt = [
        ChatMessage(.system, "Be brief."), ChatMessage(.user, "q1"), ChatMessage(.assistant, "a1"),
        ChatMessage(.user, "say \"q2\"\n"),
    ]

    @Test(
        "Fine-tuning data",
        arguments: [
            (
                TrainingFormat.sftOpenAI,
                #"{"messages":[{"content":"Be brief.","role":"system"},{"content":"q1","role":"user"},{"content":"a1","role":"assistant"},{"content":"say \"q2\"\n","role":"user"},{"content":"a2","role":"assistant"}]}"#
            ),
            (
                .sftTRL,
                #"{"completion":[{"content":"a2","role":"assistant"}],"prompt":[{"content":"Be brief.","role":"system"},{"content":"q1","role":"user"},{"content":"a1","role":"assistant"},{"content":"say \"q2\"\n","role":"user"}]}"#
            ),
            (
                .sftShareGPT,
                #"{"conversations":[{"from":"system","value":"Be brief."},{"from":"human","value":"q1"},{"from":"gpt","value":"a1"},{"from":"human","value":"say \"q2\"\n"},{"from":"gpt","value":"a2"}]}"#
            ),
            (
                .sftAlpaca,
                #"{"history":[["q1","a1"]],"input":"","instruction":"say \"q2\"\n","output":"a2","system":"Be brief."}"#
            ),
        ])
    func answers(format: TrainingFormat, expected: String) {
        #expect(TrainingFormat.row(answer: "a2", prompt: prompt, as: format).jsonText == expected)
    }

    @Test("Preference pairs and labels")
    func pairs() {
        let prompt = [ChatMessage(.user, "q")]
        #expect(
            TrainingFormat.row(chosen: "c", rejected: "r", margin: 0.5, prompt: prompt, as: .dpoTRL).jsonText
                == #"{"chosen":[{"content":"c","role":"assistant"}],"margin":0.5,"prompt":[{"content":"q","role":"user"}],"rejected":[{"content":"r","role":"assistant"}]}"#
        )
        #expect(
            TrainingFormat.row(chosen: "c", rejected: "r", margin: 0.5, prompt: prompt, as: .dpoOpenAI).jsonText
                == #"{"input":{"messages":[{"content":"q","role":"user"}]},"non_preferred_output":[{"content":"r","role":"assistant"}],"preferred_output":[{"content":"c","role":"assistant"}]}"#
        )
        #expect(
            TrainingFormat.row(labelled: "c", isGood: true, prompt: prompt).jsonText
                == #"{"completion":[{"content":"c","role":"assistant"}],"label":true,"prompt":[{"content":"q","role":"user"}]}"#
        )
        #expect(
            TrainingFormat.row(answer: "a", prompt: prompt, as: .sftAlpaca).jsonText
                == #"{"input":"","instruction":"q","output":"a"}"#)
    }

    @Test("Who takes turns")
    func turns() {
        let (user, assistant, system) = (
            ChatMessage(.user, "u"), ChatMessage(.assistant, "a"), ChatMessage(.system, "s")
        )
        #expect([user].takesTurns && [system, user].takesTurns && [user, assistant, user].takesTurns)
        for bad in [[], [system], [user, user], [assistant, user], [system, system, user], [user, assistant]] {
            #expect(!bad.takesTurns, "\(bad)")
        }
    }
}
