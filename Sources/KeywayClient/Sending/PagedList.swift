extension KeywayClient {
    /// A list that comes in pages, which are fetched as it is walked through.
    ///
    /// Each walk begins anew with the first page.
    public struct PagedList<Element: ServerObject>: AsyncSequence, Sendable {
        struct Page: Sendable {
            let elements: [Element]
            /// Where the next page begins; nil if this is the last one.
            let next: String?
        }

        private let fetch: @Sendable (_ cursor: String?) async throws -> Page

        init(fetch: @escaping @Sendable (_ cursor: String?) async throws -> Page) {
            self.fetch = fetch
        }

        /// Begins a walk.
        public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(fetch: fetch) }

        /// Fetches all pages and returns everything that is on them.
        ///
        /// - Throws: ``APIError``, ``ConnectionError`` or ``UnreadableAnswer``.
        public func all() async throws -> [Element] {
            var elements: [Element] = []
            for try await element in self { elements.append(element) }
            return elements
        }

        /// A walk through the list.
        public struct AsyncIterator: AsyncIteratorProtocol {
            private enum Place {
                case start
                case page(next: String)
                case end
            }

            private let fetch: @Sendable (String?) async throws -> Page
            private var elements: ArraySlice<Element> = []
            private var place = Place.start
            private var seen: Set<String> = []

            init(fetch: @escaping @Sendable (String?) async throws -> Page) {
                self.fetch = fetch
            }

            /// The next element; nil at the end.
            ///
            /// - Throws: ``APIError``, ``ConnectionError`` or ``UnreadableAnswer``.
            public mutating func next() async throws -> Element? {
                while elements.isEmpty {
                    let cursor: String?
                    switch place {
                    case .start: cursor = nil
                    case .page(let next): cursor = next
                    case .end: return nil
                    }
                    let page = try await fetch(cursor)
                    elements = page.elements[...]
                    // A server that repeats a page would otherwise be asked for ever.
                    if let next = page.next, seen.insert(next).inserted {
                        place = .page(next: next)
                    } else {
                        place = .end
                    }
                }
                return elements.popFirst()
            }
        }
    }
}

extension ServerConnection {
    /// The list that an endpoint with pages returns.
    func list<Element: KeywayClient.ServerObject>(
        _ path: String,
        key: String,
        _ query: Query,
        pageSize: Int?
    ) -> KeywayClient.PagedList<Element> {
        KeywayClient.PagedList { cursor in
            var query = query
            query["limit"] = pageSize.map { .text("\($0)") }
            query["page_cursor"] = cursor.map(Query.Value.text)
            let answer = try await self.send(.read(path, query))
            return .init(
                elements: try answer.objects(key),
                next: answer.json["pagination"]?["next_page_cursor"]?.stringValue
            )
        }
    }
}
