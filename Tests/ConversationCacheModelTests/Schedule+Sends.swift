import ConversationCache
import SeededCases

extension Schedule {
    mutating func beginSend() {
        let conversation = World.conversation(random.element(of: keys))
        let isToUser = random.chance(1, in: 4)
        note("a send to \(isToUser ? "somebody in " : "")conversation \(conversation) begins")
        sends.append(Send(conversation: conversation, isToUser: isToUser))
        guard !isToUser else { return }
        cache.beginSend(to: World.conversations[conversation])
        for index in calls.indices where World.conversation(calls[index].key) == conversation {
            calls[index].isShut = true
        }
    }

    /// Divar takes a message in, ours or somebody's of whom we don't hear.
    mutating func change() {
        if let index = pick(sends.indices.filter { !sends[$0].hasChanged }), random.chance(4, in: 5) {
            sends[index].hasChanged = true
            versions[sends[index].conversation] += 1
        } else {
            versions[World.conversation(random.element(of: keys))] += 1
        }
        note("the conversations are now \(versions)")
    }

    mutating func endSend() {
        guard let index = pick(Array(sends.indices)) else { return }
        var send = sends.remove(at: index)
        let isProvenNotSent = !send.hasChanged && random.chance(1, in: 2)
        let isUnknown = random.chance(1, in: 3)
        if !isProvenNotSent, !isUnknown, !send.hasChanged {
            send.hasChanged = true
            versions[send.conversation] += 1
        }
        note("the send to \(send.conversation) ends, not sent: \(isProvenNotSent); now \(versions)")
        let conversation = World.conversations[send.conversation]
        if !send.isToUser {
            cache.endSend(to: conversation, isProvenNotSent: isProvenNotSent || plant == .forgetsSends)
        } else if !isProvenNotSent, plant != .forgetsSends {
            if isUnknown { return removeAll() }
            cache.drop(conversation)
        }
        if !isProvenNotSent { fence { $0 == send.conversation } }
    }

    mutating func webhook() {
        let conversation = World.conversation(random.element(of: keys))
        if random.chance(2, in: 3) { versions[conversation] += 1 }
        note("an event in \(conversation); now \(versions)")
        if plant != .forgetsWebhooks { cache.drop(World.conversations[conversation]) }
        fence { $0 == conversation }
    }

    mutating func removeAll() {
        note("all is removed")
        cache.removeAll()
        fence { _ in true }
    }

    mutating func reconfigure() {
        settings = Schedule.settings(&random)
        note("has new settings: \(settings)")
        cache.reconfigure(settings)
        fence { _ in true }
        for partition in lives.indices { lives[partition] = TokenLife() }
    }

    /// Another call with this token was refused.
    mutating func refuse() {
        let token = World.token(random.element(of: keys))
        note("token \(token) is refused elsewhere")
        if plant != .forgetsRefusals { cache.drop(World.tokens[token]) }
        fence(token: token)
    }

    /// What was asked for before is no answer for whoever asks from now on.
    private mutating func fence(_ isConcerned: (_ conversation: Int) -> Bool) {
        for conversation in floors.indices where isConcerned(conversation) {
            floors[conversation] = versions[conversation]
        }
        kept.removeAll { isConcerned(World.conversation($0.key)) }
        for index in calls.indices where isConcerned(World.conversation(calls[index].key)) {
            (calls[index].isFenced, calls[index].isShut) = (true, true)
        }
    }

    mutating func fence(token: Int) {
        refusedBefore[token] = brought.count
        kept.removeAll { World.token($0.key) == token }
        for index in calls.indices where World.token(calls[index].key) == token {
            (calls[index].isFenced, calls[index].isShut) = (true, true)
        }
    }
}
