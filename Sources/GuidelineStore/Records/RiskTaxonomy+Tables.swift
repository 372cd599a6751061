extension RiskTaxonomy {
    /// The lists. Sources: MLCommons AILuminate 1.0 (hazards, with the subdivisions that its prompts are labelled with); the
    /// model cards of Llama Guard 2, 3 and 4; OpenAI's documentation of its moderation endpoint; Zeng et al., "AIR-Bench
    /// 2024", in the numbering of its data; OWASP Top 10 for LLM applications, 2025; NIST AI 600-1 (2024), section 2;
    /// Luo et al., "Guide-Align" (2024).
    static let lists: [String: [Entry]] = [
        "mlc": entries(
            """
            vcr Violent crimes
            ncr Non-violent crimes
            src Sex-related crimes
            cse Child sexual exploitation
            dfm Defamation
            spc Specialized advice
            spc_hlt Specialized advice: health
            spc_fin Specialized advice: finance
            spc_lgl Specialized advice: law
            spc_ele Specialized advice: elections
            prv Privacy
            ipv Intellectual property
            iwp Indiscriminate weapons
            hte Hate
            ssh Suicide and self-harm
            sxc Sexual content
            sxc_prn Sexual content: pornographic
            """),
        "lg2": entries(
            """
            S1 Violent crimes
            S2 Non-violent crimes
            S3 Sex-related crimes
            S4 Child sexual exploitation
            S5 Specialized advice
            S6 Privacy
            S7 Intellectual property
            S8 Indiscriminate weapons
            S9 Hate
            S10 Suicide and self-harm
            S11 Sexual content
            """),
        "lg3": entries(llamaGuard),
        "lg4": entries(llamaGuard),
        "oai": entries(
            """
            harassment Harassment
            harassment/threatening Threatening harassment
            hate Hate
            hate/threatening Threatening hate
            illicit Illicit activities
            illicit/violent Violent illicit activities
            self-harm Self-harm
            self-harm/intent Intent of self-harm
            self-harm/instructions Instructions for self-harm
            sexual Sexual content
            sexual/minors Sexual content with minors
            violence Violence
            violence/graphic Graphic violence
            """),
        "air": entries(
            """
            1 Security risks
            1.1 Confidentiality
            1.2 Integrity
            1.3 Availability
            2 Operational misuses
            2.4 Automated decision-making
            2.5 Autonomous unsafe operation of systems
            2.6 Advice in heavily regulated industries
            3 Violence and extremism
            3.7 Supporting malicious organized groups
            3.8 Celebrating suffering
            3.9 Violent acts
            3.10 Depicting violence
            3.11 Weapon usage and development
            3.12 Military and warfare
            4 Hate and toxicity
            4.13 Harassment
            4.14 Hate speech
            4.15 Perpetuating harmful beliefs
            4.16 Offensive language
            5 Sexual content
            5.17 Adult content
            5.18 Erotic
            5.19 Non-consensual nudity
            5.20 Monetized
            6 Child harm
            6.21 Endangerment, harm, or abuse of children
            6.22 Child sexual abuse
            7 Self-harm
            7.23 Suicidal and non-suicidal self-injury
            8 Political usage
            8.24 Political persuasion
            8.25 Influencing politics
            8.26 Deterring democratic participation
            8.27 Disrupting social order
            9 Economic harm
            9.28 High-risk financial activities
            9.29 Unfair market practices
            9.30 Disempowering workers
            9.31 Fraudulent schemes
            10 Deception
            10.32 Fraud
            10.33 Academic dishonesty
            10.34 Mis- and disinformation
            11 Manipulation
            11.35 Sowing division
            11.36 Misrepresentation
            12 Defamation
            12.37 Types of defamation
            13 Fundamental rights
            13.38 Specific types of rights
            14 Discrimination and bias
            14.39 Discriminatory activities
            14.40 Protected characteristics
            15 Privacy
            15.41 Unauthorized privacy violations
            15.42 Types of sensitive data
            16 Criminal activities
            16.43 Illegal and regulated substances
            16.44 Illegal services and exploitation
            16.45 Other unlawful or criminal activities
            """),
        "owasp": entries(
            """
            LLM01 Prompt injection
            LLM02 Sensitive information disclosure
            LLM03 Supply chain
            LLM04 Data and model poisoning
            LLM05 Improper output handling
            LLM06 Excessive agency
            LLM07 System prompt leakage
            LLM08 Vector and embedding weaknesses
            LLM09 Misinformation
            LLM10 Unbounded consumption
            """),
        "nist": entries(
            """
            1 CBRN information or capabilities
            2 Confabulation
            3 Dangerous, violent, or hateful content
            4 Data privacy
            5 Environmental impacts
            6 Harmful bias and homogenization
            7 Human-AI configuration
            8 Information integrity
            9 Information security
            10 Intellectual property
            11 Obscene, degrading, and/or abusive content
            12 Value chain and component integration
            """),
        "ga": entries(
            """
            Crimes_And_Illegal_Activities Crimes and illegal activities
            Unfairness_And_Discrimination Unfairness and discrimination
            Insult Insult
            Mental_Health Mental health
            Ethics_And_Morality Ethics and morality
            Physical_Harm Physical harm
            Privacy_And_Property Privacy and property
            Sensitive_Topic Sensitive topics
            Inquiry_With_Unsafe_Opinion Inquiry with unsafe opinion
            Goal_Hijacking Goal hijacking
            Unsafe_Instruction_Topic Unsafe instruction topic
            Reverse_Exposure Reverse exposure
            Role_Play_Instruction Role play instruction
            Prompt_Leaking Prompt leaking
            """),
        "x": entries(
            """
            harassment Harassment and insult
            attack.hijack Attack: another goal
            attack.leak Attack: leak of the prompt
            attack.roleplay Attack: role play
            attack.injection Attack: injected instructions
            factual Facts and sources
            bias Bias and fairness
            style Style
            helpful Helpfulness
            overrefusal Refusals without need
            dualuse Knowledge of two uses
            cyber Security of computers
            minors Minors
            access Accessibility
            agency Acting with tools
            reliance Reliance on the assistant
            """),
    ]

    private static let llamaGuard = """
        S1 Violent crimes
        S2 Non-violent crimes
        S3 Sex-related crimes
        S4 Child sexual exploitation
        S5 Defamation
        S6 Specialized advice
        S7 Privacy
        S8 Intellectual property
        S9 Indiscriminate weapons
        S10 Hate
        S11 Suicide and self-harm
        S12 Sexual content
        S13 Elections
        S14 Code interpreter abuse
        """

    /// A line for each matter: codes in it are the nearest that their lists have to each other. What has no near counterpart
    /// in a list has none here.
    static let crosswalkTable = """
        mlc:vcr lg2:S1 lg3:S1 lg4:S1 oai:violence oai:illicit/violent ga:Crimes_And_Illegal_Activities air:3.9 nist:3
        mlc:ncr lg2:S2 lg3:S2 lg4:S2 oai:illicit ga:Crimes_And_Illegal_Activities ga:Privacy_And_Property air:16
        mlc:src lg2:S3 lg3:S3 lg4:S3 oai:sexual ga:Crimes_And_Illegal_Activities
        mlc:cse lg2:S4 lg3:S4 lg4:S4 oai:sexual/minors air:6.22 nist:11
        mlc:dfm lg3:S5 lg4:S5 air:12
        mlc:spc lg2:S5 lg3:S6 lg4:S6 air:2.6
        mlc:spc_hlt lg2:S5 lg3:S6 lg4:S6 air:2.6 ga:Physical_Harm
        mlc:spc_fin lg2:S5 lg3:S6 lg4:S6 air:2.6
        mlc:spc_lgl lg2:S5 lg3:S6 lg4:S6 air:2.6
        mlc:spc_ele lg3:S13 lg4:S13 ga:Sensitive_Topic
        mlc:prv lg2:S6 lg3:S7 lg4:S7 ga:Privacy_And_Property air:15 nist:4 owasp:LLM02
        mlc:ipv lg2:S7 lg3:S8 lg4:S8 nist:10
        mlc:iwp lg2:S8 lg3:S9 lg4:S9 oai:illicit/violent ga:Crimes_And_Illegal_Activities nist:1
        mlc:hte lg2:S9 lg3:S10 lg4:S10 oai:hate oai:hate/threatening ga:Unfairness_And_Discrimination air:4.14 nist:3
        mlc:ssh lg2:S10 lg3:S11 lg4:S11 oai:self-harm oai:self-harm/intent oai:self-harm/instructions ga:Mental_Health air:7
        mlc:sxc lg2:S11 lg3:S12 lg4:S12 oai:sexual air:5 nist:11
        mlc:sxc_prn lg2:S11 lg3:S12 lg4:S12 oai:sexual air:5.17 nist:11
        x:harassment oai:harassment oai:harassment/threatening ga:Insult air:4.13
        x:bias ga:Unfairness_And_Discrimination air:14 nist:6
        x:factual nist:2 owasp:LLM09
        x:attack.hijack ga:Goal_Hijacking owasp:LLM01
        x:attack.leak ga:Prompt_Leaking owasp:LLM07
        x:attack.roleplay ga:Role_Play_Instruction owasp:LLM01
        x:attack.injection owasp:LLM01
        x:agency owasp:LLM06
        x:cyber air:1 nist:9
        """
}
