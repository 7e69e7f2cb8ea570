// From the bytes of a request to the bytes of its answer: JSON-RPC 2.0.
#pragma once

#include <array>
#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

#include "rpc/dev.hpp"
#include "rpc/error.hpp"
#include "rpc/feed.hpp"
#include "rpc/field.hpp"
#include "rpc/filters.hpp"
#include "rpc/waiters.hpp"

namespace plume {
class Indexer;
}

namespace plume::rpc {

/// Arrays and objects may nest this deep in a request.
inline constexpr size_t depth_max = 64;
/// Requests in a batch.
inline constexpr size_t batch_max = 1'000;
/// All answers to one body together; a result that would exceed it is answered with -32005.
inline constexpr size_t answer_size_max = size_t{25} << 20;
/// Requests of a batch that have not begun after this time are answered with -32005.
inline constexpr std::chrono::seconds batch_time_max{30};

/// A result, or why there is none.
using Answer = std::variant<Json, RpcError>;

/// What handlers work with. All of it outlives the router.
struct Services {
    Chain& chain;
    Waiters& waiters;
    Filters& filters;
    Feed& feed;
    /// Seconds since 1970, as the next block would see them.
    std::function<uint64_t()> now;
    /// As web3_clientVersion: "plume/v0.1.0/linux-amd64/cpp20".
    std::string client_version;
    /// Present in development mode only.
    std::optional<DevControls> dev{};
    /// How the node is: what plume_health and plume_status answer. Empty: they are not available.
    std::function<boost::json::object()> health{};
    std::function<boost::json::object()> status{};
    /// The read model; null: there is none, and what stands on it says so.
    Indexer* index = nullptr;
    /// Hears of every answer: its method ("unknown" for those that do not exist, "invalid" for what
    /// is no request), and how long it took until it was there. Any thread; may be empty.
    std::function<void(std::string_view method, const Answer&, std::chrono::nanoseconds)> observe{};
};

/// Takes a deferred answer, once; later ones are ignored. Any thread.
using Finish = std::function<void(Answer)>;

/// One request as its handler sees it.
class Ask {
public:
    /// `defer` is asked for what a deferred answer goes to; it must outlive this.
    Ask(const Services& services, const boost::json::array* arguments, Visit* visit,
        const std::function<Finish()>& defer)
        : services_(services), arguments_(arguments), visit_(visit), defer_(defer) {}

    /// The argument at `index`; not `given` where the request has none.
    Field operator[](size_t index) const;
    /// How many there are, not counting nulls at the end.
    size_t argument_count() const;

    Chain& chain() const { return services_.chain; }
    const Services& services() const { return services_; }
    /// The connection's subscriptions; null when it cannot be told of anything.
    Visit* visit() const { return visit_; }
    /// The block that argument `index` calls by number, hash or name; `latest` when not given.
    BlockId block(size_t index) const;
    /// The state after that block. Throws -32000 "header not found" when there is none.
    std::shared_ptr<const StateSnapshot> state(size_t index) const;

    /// The answer comes later, through what this returns; what the handler returns is not used,
    /// unless it throws.
    Finish defer() {
        is_deferred_ = true;
        return defer_();
    }
    bool is_deferred() const { return is_deferred_; }

private:
    const Services& services_;
    const boost::json::array* arguments_;
    Visit* visit_;
    const std::function<Finish()>& defer_;
    bool is_deferred_ = false;
};

/// A row of a namespace's table.
struct Method {
    std::string_view name;
    Json (*handler)(Ask&);
    size_t arguments_max;  ///< more are refused, so that nothing asked for is ignored
};

/// A request body, read but not answered yet.
class Body {
public:
    explicit Body(std::string_view text);
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;

    /// How many requests it holds; at least 1.
    size_t request_count() const;
    /// Whether it may take long: it asks to run code, to walk through blocks, or for many things at
    /// once.
    bool is_heavy() const;
    /// Whether it is most likely answered in less time than it takes to wake a thread: it asks for
    /// a few things that are looked up, or for calls, which may be long but seldom are.
    bool is_brief() const;

private:
    friend class Router;
    /// What most requests need no more than.
    std::array<unsigned char, 2'048> first_memory_;
    boost::json::monotonic_resource memory_;
    boost::json::error_code error_;
    Json json_;
};

/// How a body is to be answered.
struct Terms {
    std::shared_ptr<Visit> visit{};  ///< of a connection that can be told of things
    size_t answer_size_max = rpc::answer_size_max;
};

/// Answers request bodies. Any thread with a stack of `contract_stack_size`.
class Router {
public:
    Router(Services services, std::span<const std::span<const Method>> tables);

    using Done = std::function<void(std::string)>;
    /// Answers a request or a batch, with an empty text when there were only notifications. When
    /// nothing is returned the answer is not there yet: `later` has then been asked for what is
    /// called with it once, on another thread and maybe before this returns.
    std::optional<std::string> try_answer(const Body& body, const std::function<Done()>& later,
                                          const Terms& terms = {}) const;
    /// The same, by calling `done` in any case, on this thread or later on another one.
    void answer(const Body& body, const Done& done, const Terms& terms = {}) const;
    /// The same, waiting for deferred answers.
    std::string answer(std::string_view body) const;

    Feed& feed() const { return services_.feed; }

    /// Answers everything that is deferred now. To be called before what `done` stands on goes
    /// away.
    void stop() const { services_.waiters.release(); }

private:
    class Answers;
    struct Request;

    std::optional<std::string> answer_single(const Json& json, const std::function<Done()>& later,
                                             const Terms& terms) const;
    std::optional<std::string> answer_batch(const boost::json::array& requests,
                                            const std::function<Done()>& later,
                                            const Terms& terms) const;
    /// `has_room`: whether the body's other answers left time and space for this one.
    void answer_one(const Json& json, const std::shared_ptr<Answers>& answers, size_t index,
                    bool has_room) const;
    Request read_request(const Json& json) const;
    /// Nothing when the answer is deferred.
    std::optional<Answer> respond(const Request& request, Visit* visit,
                                  const std::function<Finish()>& defer) const;
    /// What takes the answer at `index` when it is there.
    Finish finish(const std::shared_ptr<Answers>& answers, size_t index,
                  const Request& request) const;
    /// Tells `services_.observe`, if anybody listens.
    void observe(std::string_view method, const Answer& answer,
                 std::chrono::steady_clock::time_point begin) const;

    Services services_;
    std::unordered_map<std::string_view, const Method*> methods_;
};

/// The text of an answer without an id: for errors before a request is known.
std::string error_text(const RpcError& error);

}  // namespace plume::rpc
