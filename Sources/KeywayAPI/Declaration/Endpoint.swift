package import HTTPTypes

/// One endpoint, declared once.
///
/// Routing, authentication, the method check, query parsing, validation and the OpenAPI document all derive from it. To
/// add an endpoint, declare it with its handler beside the others of its noun.
package struct Endpoint: Sendable {
    /// Its exact path, such as `/locks/unlock_door`.
    package let path: String
    /// What it does to the world, which decides its methods and where its parameters come from.
    package let kind: Kind
    /// The credentials it accepts; nil: it asks for none.
    package let accepts: [CredentialKind]?
    /// Its parameters.
    package let parameters: [ParameterDeclaration]
    /// The names of parameters at least one of which must be given; empty: no such rule.
    package let needsOneOf: [String]
    /// The rules by which parameters depend on each other.
    package let rules: [ParameterRule]
    /// Whether the header `prefer` can hold its answer until an attempt has its outcome.
    package let isHeld: Bool
    /// Whether its answer is an event stream without end instead of JSON, which the header `last-event-id` resumes.
    package let isStream: Bool
    /// Which of its answers are kept, to be given again without asking the store.
    package let keeping: Keeping
    /// The keys of its answer besides `ok`.
    package let answer: [AnswerKey]
    /// The statuses besides 200 with which it gives the same answer, but for `ok`, which is false.
    package let otherStatuses: [HTTPResponse.Status]
    /// One or two sentences for the API's readers.
    package let summary: String
    /// Answers a validated request.
    let handler: @Sendable (Call) async throws -> Reply

    /// Declares an endpoint for those who act in one workspace.
    init(
        _ path: String,
        _ kind: Kind,
        accepts: [CredentialKind],
        _ summary: String,
        parameters: [any DeclaredParameter] = [],
        needsOneOf: [any DeclaredParameter] = [],
        rules: [ParameterRule] = [],
        isHeld: Bool = false,
        isStream: Bool = false,
        keeping: Keeping = .nothing,
        answer: [AnswerKey] = [],
        handler: @escaping @Sendable (Call, Caller) async throws -> Reply
    ) {
        self.init(
            forAnybody: path,
            kind,
            accepts: accepts,
            summary,
            parameters: parameters,
            needsOneOf: needsOneOf,
            rules: rules,
            isHeld: isHeld,
            isStream: isStream,
            keeping: keeping,
            answer: answer
        ) { call, principal in
            guard case .caller(let caller) = principal else { throw APIError.unauthorized }
            return try await handler(call, caller)
        }
    }

    /// Declares an endpoint for holders of a credential, whether it is one for one workspace or not.
    init(
        forAnybody path: String,
        _ kind: Kind,
        accepts: [CredentialKind],
        _ summary: String,
        parameters: [any DeclaredParameter] = [],
        needsOneOf: [any DeclaredParameter] = [],
        rules: [ParameterRule] = [],
        isHeld: Bool = false,
        isStream: Bool = false,
        keeping: Keeping = .nothing,
        answer: [AnswerKey] = [],
        handler: @escaping @Sendable (Call, Principal) async throws -> Reply
    ) {
        self.path = path
        self.kind = kind
        self.accepts = accepts
        self.parameters = parameters.map(\.declaration)
        self.needsOneOf = needsOneOf.map(\.declaration.name)
        self.rules = rules
        self.isHeld = isHeld
        self.isStream = isStream
        self.keeping = keeping
        self.answer = answer
        otherStatuses = []
        self.summary = summary
        self.handler = { call in
            guard let principal = call.principal else { throw APIError.unauthorized }
            return try await handler(call, principal)
        }
    }

    /// Declares an endpoint for everybody.
    init(
        open path: String,
        _ kind: Kind,
        _ summary: String,
        answer: [AnswerKey],
        otherStatuses: [HTTPResponse.Status] = [],
        handler: @escaping @Sendable (Call) async throws -> Reply
    ) {
        self.path = path
        self.kind = kind
        accepts = nil
        parameters = []
        needsOneOf = []
        rules = []
        isHeld = false
        isStream = false
        keeping = .nothing
        self.answer = answer
        self.otherStatuses = otherStatuses
        self.summary = summary
        self.handler = handler
    }

    /// Which answers of an endpoint can be given again.
    package enum Keeping: Hashable, Sendable {
        /// None.
        case nothing
        /// Those of which the handler says that they never change (``Reply/isFinal``).
        case whatIsFinal
        /// Those that follow from what the store says of devices, accounts and owned records, and from nothing else.
        case untilDevicesChange
    }

    /// What an endpoint does to the world (wire contract, section 1.1).
    package enum Kind: Hashable, Sendable {
        /// Reads: GET or POST, parameters in the query or the body.
        case read
        /// Updates: PATCH or POST, parameters in the query or the body.
        case update
        /// Replaces, or makes what is not there yet: PUT or POST, parameters in the query or the body.
        case replace
        /// Deletes: DELETE or POST, parameters in the query or the body.
        case delete
        /// Creates or acts: POST, parameters in the body only.
        case action

        /// The methods it answers, the one that current SDKs use first.
        package var methods: [HTTPRequest.Method] {
            switch self {
            case .read: [.get, .post]
            case .update: [.patch, .post]
            case .replace: [.put, .post]
            case .delete: [.delete, .post]
            case .action: [.post]
            }
        }

        /// Whether parameters in the query count.
        package var takesQuery: Bool { self != .action }
    }
}
