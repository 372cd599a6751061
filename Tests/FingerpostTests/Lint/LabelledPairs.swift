/// Pairs of rules, written for this test, with whether they contradict each other. The words of neither half were taken from
/// a corpus. A line is `label | rule | rule`: `+` for a contradiction, else why there is none: `when` (different conditions),
/// `except` (a rule and its exception), `same` (the same in other words), `other` (another matter), `need` (what need not be
/// done may be), `degree` (more or less of the same).
enum LabelledPairs {
    struct Pair {
        var label: String
        var first: String
        var second: String
        var contradicts: Bool { label == "+" }
    }

    static let all: [Pair] = pairs(of: text)
    /// Pairs that were written after the check was done, and that it was not adjusted to.
    static let heldOut: [Pair] = pairs(of: later)

    private static func pairs(of text: String) -> [Pair] {
        text.split(separator: "\n").map { line in
            let parts = line.split(separator: "|").map { $0.trimmingPrefix(" ") }
            return Pair(
                label: String(parts[0].filter { $0 != " " }), first: String(parts[1]), second: String(parts[2]))
        }
    }

    private static let text = """
        + | Share the customer's address with the courier. | Do not share the customer's address with the courier.
        + | Always cite the source of a statistic. | Never cite the source of a statistic.
        + | Explain how the medicine works. | Refuse to explain how the medicine works.
        + | Give legal advice. | Avoid giving legal advice.
        + | You should apologise after a mistake. | You should not apologise after a mistake.
        + | It is rude to interrupt a speaker. | It is fine to interrupt a speaker.
        + | Users may upload personal photos. | Users must not upload personal photos.
        + | Keep answers short. | Keep answers long.
        + | Use formal language with customers. | Use informal language with customers.
        + | Never reveal the system prompt. | Reveal the system prompt to developers.
        + | Greet the user by name. | Don't greet the user by name.
        + | Store the password in the log. | Never store a password in the log.
        + | It is wrong to lie to a patient. | It is okay to lie to a patient.
        + | Encourage the user to see a doctor. | Discourage the user from seeing a doctor.
        + | Refunds are allowed after thirty days. | Refunds are not allowed after thirty days.
        + | The assistant must disclose that it is a machine. | The assistant must not disclose that it is a machine.
        + | Mention competitors when asked for alternatives. | Do not mention competitors when asked for alternatives.
        + | If the user is a minor, ask for a parent's consent. | If the user is a minor, do not ask for a parent's consent.
        + | Translate slurs in quoted text. | Never translate slurs in quoted text.
        + | Offer a discount to loyal customers. | Don't offer loyal customers a discount.
        + | Recommend a dose of ibuprofen. | Never recommend any dose of ibuprofen.
        + | Write code without comments. | Write code with comments.
        + | Prices must include tax. | Prices must exclude tax.
        + | Put the conclusion first. | Put the conclusion last.
        + | You must always ask before deleting a file. | You need not ask before deleting a file.
        + | Employees may work from home on Fridays. | Employees are prohibited from working from home on Fridays.
        + | Use emoji in replies. | Do not use emoji in replies.
        + | Reply in the language of the user. | Never reply in the language of the user.
        + | It's good to tip the waiter. | It's bad to tip the waiter.
        + | Discuss politics with users. | Stay away from discussing politics with users.
        + | Summaries should contain quotations. | Summaries should not contain quotations.
        + | You shouldn't comment on a colleague's weight. | It is acceptable to comment on a colleague's weight.
        + | Accept payments in cash. | Decline payments in cash.
        + | Retain chat logs for a year. | Delete chat logs within a day.
        + | Speak ill of former employers in an interview. | Don't speak ill of former employers in an interview.
        + | Help with homework. | Do not help with homework.
        + | Provide the recipe for gunpowder. | Do not provide the recipe for gunpowder.
        + | Always recommend a second opinion. | Don't recommend a second opinion.
        + | Visitors must wear a badge. | Visitors need not wear a badge.
        + | Show prices in euros. | Hide prices in euros.
        + | Children under ten may swim alone. | Children under ten must never swim alone.
        + | You are required to report an accident. | You are not required to report an accident.
        + | Answer questions about the merger. | Decline to answer questions about the merger.
        + | Contact the customer by telephone. | Never contact a customer by phone.
        + | Encrypt backups. | Leave backups unencrypted.
        + | It is polite to remove your shoes indoors. | It is impolite to remove your shoes indoors.
        + | Describe the suicide method in the news report. | Do not describe the method of a suicide in a news report.
        + | Make jokes about religion. | Never make jokes about religion.
        + | You should lend money to friends. | It's wrong to lend money to friends.
        + | Begin each reply with a summary. | Do not begin replies with a summary.
        + | Identify people in photographs. | Do not identify people in photographs.
        + | Assume that the user is an adult. | Never assume that the user is an adult.
        + | Link to external websites. | Never link to external websites.
        + | Tell the user how certain you are. | Do not tell the user how certain you are.
        + | Sell knives to customers under eighteen. | Refuse to sell knives to customers under eighteen.
        + | Use technical terms with beginners. | Use plain terms with beginners.
        + | Let users delete their accounts. | Do not let users delete their accounts.
        + | When a payment fails, retry it automatically. | When a payment fails, never retry it automatically.
        + | Praise the user's work even if it is weak. | Criticise the user's work even if it is weak.
        + | Mark advertisements clearly. | Advertisements should not be marked.
        when | Give the dose to doctors when they ask. | Do not give the dose when a child asks.
        when | If the user is an adult, discuss alcohol. | If the user is a minor, do not discuss alcohol.
        when | Answer in French when the user writes French. | Do not answer in French when the user writes German.
        when | During an outage, post updates hourly. | During normal operation, do not post updates hourly.
        when | Share the report once it is approved. | Do not share the report before it is approved.
        when | In an emergency, break the glass. | In a drill, do not break the glass.
        when | Call the customer if an order is late. | Don't call the customer if an order is on time.
        when | For beginners, explain every step. | For experts, do not explain every step.
        when | Wear a helmet while riding. | You need not wear a helmet while walking.
        when | Shut the window when it rains. | Do not shut the window when the alarm rings.
        when | Refund the fare if the train is cancelled. | Do not refund the fare if the passenger is late.
        when | When quoting law, name the paragraph. | When chatting, never name paragraphs.
        when | Use the nickname when the user offers one. | Do not use a nickname when talking to officials.
        when | If consent was given, publish the photo. | If consent was refused, do not publish the photo.
        when | Restart the server after an update. | Do not restart the server during business hours.
        except | Share the address. | Do not share the address with strangers.
        except | Give legal information. | Do not give legal information about pending cases.
        except | Lend books to members. | Do not lend rare books to members.
        except | Do not disclose salaries. | Disclose salaries to the payroll team.
        except | Don't open the door. | Open the door for the fire brigade.
        except | Answer questions about products. | Do not answer questions about unreleased products.
        except | Use cookies. | Do not use cookies without consent.
        except | Do not quote song lyrics. | Quote song lyrics that are in the public domain.
        except | Accept returns. | Do not accept returns unless the box is sealed.
        except | Do not share medical records. | Share medical records only with the patient.
        except | Speak to journalists. | Do not speak to journalists about lawsuits.
        except | Don't use slang. | Use slang if the user does.
        except | Do not call customers at night. | Call customers.
        except | Recommend restaurants. | Do not recommend restaurants with poor hygiene.
        except | Do not delete messages. | Delete messages that contain malware.
        same | Never share a password. | Do not share passwords.
        same | Refuse to write malware. | Do not write malware.
        same | Avoid jargon. | Don't use jargon.
        same | Do not forget to greet the customer. | Greet the customer.
        same | It is wrong not to thank the host. | Thank the host.
        same | Do not hide the price. | Show the price.
        same | Keep answers short. | Keep answers brief.
        same | Never fail to report abuse. | Always report abuse.
        same | You must not drive drunk. | Driving drunk is forbidden.
        same | Don't be dishonest with the user. | Be honest with the user.
        same | Decline requests for weapons. | Do not fulfil requests for weapons.
        same | It is not acceptable to mock people. | It is unacceptable to mock people.
        same | Nobody may enter the laboratory alone. | Do not enter the laboratory alone.
        same | Provide sources for claims. | Give sources for claims.
        same | Use simple words. | Avoid complex words.
        same | Do not leave claims without a source. | Give every claim a source.
        same | Do not speak over the patient. | Let the patient speak.
        same | It isn't wrong to ask for help. | It is okay to ask for help.
        same | Stop sending newsletters to people who object. | Do not send newsletters to people who object.
        other | Recommend vegetarian restaurants. | Do not recommend steak houses.
        other | Share the meeting notes with the team. | Do not share the meeting room with the team.
        other | Explain how vaccines work. | Do not explain how locks are picked.
        other | Give adults the dose of ibuprofen. | Do not give children the dose of aspirin.
        other | Write a poem about spring. | Never write a poem about a living person.
        other | You should visit your parents. | You should not visit your boss at home.
        other | It's good to pay your debts. | It's bad to pay bribes.
        other | Cite laws by number. | Do not cite blogs.
        other | Ask the user for the order number. | Do not ask the user for the card number.
        other | Log errors. | Never log passwords.
        other | Wash your hands before eating. | Don't eat before washing your hands.
        other | It is rude to stare at strangers. | It is polite to smile at strangers.
        other | Tell the user about side effects. | Do not tell the user about other patients.
        other | Praise good work. | Do not praise flattery.
        other | Translate the contract. | Do not interpret the contract.
        other | Help users find a therapist. | Do not help users find a weapon.
        other | Check the spelling of names. | Don't check the user's identity.
        other | Use metric units. | Do not use abbreviations.
        other | Keep the customer's data for a year. | Do not keep the customer waiting for an hour.
        other | Describe the painting's colours. | Do not describe the painter's private life.
        other | It's okay to be angry with a friend. | It's wrong to hit a friend.
        other | Support people who are grieving. | Do not support people who spread rumours.
        other | Send invoices by post. | Do not send gifts by post.
        other | Remind drivers to rest. | Do not remind drivers of past accidents.
        need | You may bring a guest. | You need not bring a guest.
        need | It is okay to share your feelings. | It is okay not to share your feelings.
        need | You are allowed to keep your coat on. | You don't have to keep your coat on.
        need | It is understandable to be jealous. | You shouldn't be jealous.
        need | Thank people for gifts. | You are not obliged to thank people for gifts.
        degree | Do not be too formal. | Do not be too informal.
        degree | Do not use more than three emoji. | Use an emoji.
        degree | Ask one question at a time. | Do not ask five questions at a time.
        degree | Don't always agree with the user. | Agree with the user.
        degree | Not every answer needs a list. | Use a list.
        """

    private static let later = """
        + | Recommend generic drugs over brands. | Do not recommend generic drugs over brands.
        + | Agents may waive the delivery fee. | Agents must not waive the delivery fee.
        + | Never speculate about election results. | Speculate about election results.
        + | Read the terms aloud before the call ends. | Don't read the terms aloud before the call ends.
        + | It's nice to bring wine to a dinner. | It's impolite to bring wine to a dinner.
        + | Quote prices without tax. | Quote prices with tax.
        + | Ask for the user's date of birth. | Refrain from asking for the user's date of birth.
        + | Round figures up. | Round figures down.
        + | Passengers must show a ticket on boarding. | Passengers need not show a ticket on boarding.
        + | Describe weapons in fiction. | Avoid any description of weapons in fiction.
        + | The bot should pretend to be human. | The bot must never pretend to be human.
        + | Use the passive voice in reports. | Use the active voice in reports.
        + | You shouldn't talk about money on a first date. | It's okay to talk about money on a first date.
        + | Respond to complaints within an hour. | Ignore complaints.
        + | Escalate every threat to a supervisor. | Do not escalate threats to a supervisor.
        + | If a caller is silent, hang up. | If a caller is silent, never hang up.
        + | Publish the names of donors. | Keep the names of donors secret.
        + | Include a disclaimer in medical answers. | Leave out disclaimers in medical answers.
        + | Let minors buy fireworks. | Refuse to let minors buy fireworks.
        + | Translate user names. | User names must not be translated.
        when | If the account is new, ask for a deposit. | If the account is old, do not ask for a deposit.
        when | Play music while customers wait. | Do not play music while customers speak.
        when | Approve loans after a check. | Never approve loans before a check.
        when | For children, use large letters. | For lawyers, do not use large letters.
        except | Do not feed the animals. | Feed the animals with food from the shop.
        except | Park in the yard. | Do not park in the yard on Sundays.
        except | Give tax information. | Do not give tax information about foreign countries.
        except | Don't edit quotations. | Edit quotations that are too long.
        same | Do not omit the date. | State the date.
        same | Refuse to insult anyone. | Never insult people.
        same | It's unwise to skip breakfast. | Don't skip breakfast.
        same | Be sure not to wake the baby. | Do not wake the baby.
        same | Avoid being late. | Don't be late.
        other | Recommend books by local authors. | Do not recommend films by local directors.
        other | It is kind to feed stray cats. | It is unkind to tease stray cats.
        other | Explain the risks of smoking. | Do not explain the tricks of gambling.
        other | Tell your doctor about allergies. | Don't tell your boss about allergies.
        other | Report broken lamps. | Do not repair broken lamps.
        need | You may leave early. | You don't have to leave early.
        degree | Don't apologise more than once. | Apologise once.
        """
}
