package import KeywayModel
import Logging

/// One request on its way through a handler: validated, authenticated, and without JSON.
package struct Call: Sendable {
    /// The endpoint that is called.
    let endpoint: Endpoint
    /// Its parameters.
    let arguments: Arguments
    /// Who calls; nil at an open endpoint.
    let caller: Caller?
    /// The request's identity, as in `seam-request-id`.
    let requestID: RequestID
    /// Where the caller reaches this server, such as `http://localhost:8080`, without a slash at the end.
    let baseURL: String
    /// What handlers work with.
    let services: APIServices

    /// The value of a parameter.
    ///
    /// - Throws: ``UndeclaredParameter`` if the endpoint does not declare it.
    subscript<Value>(_ parameter: Parameter<Value>) -> Value {
        get throws(UndeclaredParameter) { try arguments[parameter] }
    }
}

/// Marks the identity of an HTTP request.
package enum RequestMark {}

/// The identity of an HTTP request, sent back as `seam-request-id` and logged as `request.id`.
package typealias RequestID = Identifier<RequestMark>
