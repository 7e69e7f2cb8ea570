#include "rpc/method.hpp"

#include <algorithm>
#include <future>
#include <mutex>

#include "base/log.hpp"
#include "rpc/refused.hpp"
#include "rpc/utf8.hpp"

namespace plume::rpc {

namespace {

constexpr std::string_view answer_head = R"({"jsonrpc":"2.0","id":)";

/// Whether a text stands in JSON as it is.
bool is_plain(std::string_view text) {
    return std::ranges::all_of(
        text, [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

void append(std::string& out, const Json& value) {
    if (const auto* text = value.if_string(); text != nullptr && is_plain(*text)) {
        out.append(1, '"').append(*text).append(1, '"');
        return;
    }
    boost::json::serializer serializer;
    serializer.reset(&value);
    std::array<char, 4'096> buffer;
    while (!serializer.done()) out.append(serializer.read(buffer.data(), buffer.size()));
}

std::string text_of_result(std::string_view id, const Json& result) {
    constexpr std::string_view between = R"(,"result":)";
    const auto* text = result.if_string();
    std::string out;
    out.reserve(answer_head.size() + id.size() + between.size() + 3 +
                (text == nullptr ? 0 : text->size()));
    out.append(answer_head).append(id).append(between);
    append(out, result);
    out += '}';
    return out;
}

std::string text_of_error(std::string_view id, const RpcError& error) {
    boost::json::object object{{"code", error.code}, {"message", valid_utf8(error.message)}};
    if (error.data) object["data"] = *error.data;
    std::string out;
    out.append(answer_head).append(id).append(R"(,"error":)");
    append(out, object);
    out += '}';
    return out;
}

RpcError unknown_method(std::string_view name, bool is_development) {
    std::string text = "the method " + std::string(name) + " does not exist/is not available";
    const std::string_view why = why_refused(name, is_development);
    if (!why.empty()) text.append(": ").append(why);
    return {code::method_not_found, std::move(text)};
}

/// A result of more than `size_max` bytes becomes an error.
std::string text_of(std::string_view id, const Answer& answer, size_t size_max) {
    if (const auto* error = std::get_if<RpcError>(&answer)) return text_of_error(id, *error);
    std::string text = text_of_result(id, std::get<Json>(answer));
    if (text.size() <= size_max) return text;
    return text_of_error(id, {code::limit_exceeded, "response too large; ask for less at once"});
}

/// Batches of more are heavy, whatever they ask for.
constexpr size_t light_batch_max = 16;

/// The method that a request names; empty when it is no request.
std::string_view method_of(const Json& request) {
    const auto* members = request.if_object();
    const Json* method = members == nullptr ? nullptr : members->if_contains("method");
    return method == nullptr || !method->is_string() ? std::string_view() : method->get_string();
}

/// Whether a request is one that may run code or walk through blocks.
bool asks_for_much(const Json& request) {
    static constexpr std::string_view prefixes[] = {"eth_call",
                                                    "eth_estimateGas",
                                                    "eth_createAccessList",
                                                    "eth_simulate",
                                                    "eth_getLogs",
                                                    "eth_getFilter",
                                                    "eth_getProof",
                                                    "eth_getBlockReceipts",
                                                    "eth_feeHistory",
                                                    "eth_fill",
                                                    "debug_",
                                                    "ots_",
                                                    "trace_",
                                                    "txpool_",
                                                    "plume_"};
    const std::string_view name = method_of(request);
    return std::ranges::any_of(prefixes,
                               [&](std::string_view prefix) { return name.starts_with(prefix); });
}

/// Whether a request, if it is none that asks for much, is a matter of looking something up: what
/// else a development chain is told to do waits for blocks.
bool asks_for_little(const Json& request) {
    const std::string_view name = method_of(request);
    if (name == "eth_call" || name == "eth_estimateGas") return true;
    const bool is_of_ethereum =
        name.starts_with("eth_") || name.starts_with("net_") || name.starts_with("web3_");
    return is_of_ethereum && !asks_for_much(request);
}

/// The membrane: whatever goes wrong in a handler becomes a value here, and nowhere else.
Answer call(const Method& method, Ask& ask) {
    try {
        return method.handler(ask);
    } catch (RpcError& error) {
        return std::move(error);
    } catch (const std::exception& error) {
        log::error("request failed",
                   {{"method", std::string(method.name)}, {"error", error.what()}});
        return RpcError{code::internal_error, "internal error"};
    }
}

std::string id_text(const Json& id) {
    if (id.is_uint64()) return std::to_string(id.get_uint64());
    if (id.is_int64()) return std::to_string(id.get_int64());
    return boost::json::serialize(id);
}

}  // namespace

std::string error_text(const RpcError& error) {
    return text_of_error("null", error);
}

/// A request taken apart; what it looks at belongs to the JSON it was read from.
struct Router::Request {
    std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    std::string id;                  ///< as JSON; empty for a notification
    std::string_view name;           ///< what it is observed as
    const Method* method = nullptr;  ///< null: `error` says why
    const boost::json::array* arguments = nullptr;
    std::optional<RpcError> error;
};

Router::Request Router::read_request(const Json& json) const {
    Request out;
    out.id = "null";
    out.name = "invalid";
    const auto refuse = [&out](int error_code, std::string why) {
        out.error = RpcError{error_code, std::move(why)};
        return std::move(out);
    };
    if (!json.is_object()) return refuse(code::invalid_request, "invalid request: not an object");
    const auto& members = json.get_object();

    const Json* id = members.if_contains("id");
    if (id != nullptr && !id->is_string() && !id->is_number() && !id->is_null())
        return refuse(code::invalid_request, "invalid request: id is no string, number or null");
    if (id != nullptr) out.id = id_text(*id);

    const Json* version = members.if_contains("jsonrpc");
    if (version == nullptr || *version != "2.0")
        return refuse(code::invalid_request, "invalid request: jsonrpc is not \"2.0\"");
    const Json* method = members.if_contains("method");
    if (method == nullptr || !method->is_string())
        return refuse(code::invalid_request, "invalid request: method is no string");
    if (id == nullptr) out.id.clear();

    const Json* params = members.if_contains("params");
    if (params != nullptr && !params->is_null()) {
        if (!params->is_array()) return refuse(code::invalid_params, "non-array args");
        out.arguments = &params->get_array();
    }
    const std::string_view name = method->get_string();
    const auto found = methods_.find(name);
    out.name = found == methods_.end() ? "unknown" : found->first;
    if (found == methods_.end())
        out.error = unknown_method(name, services_.dev.has_value());
    else
        out.method = found->second;
    return out;
}

/// The answers to one body, collected as they come.
class Router::Answers {
public:
    Answers(size_t count, bool is_batch, const Terms& terms)
        : slots_(count), missing_(count), is_batch_(is_batch), terms_(terms) {}

    Visit* visit() const { return terms_.visit.get(); }

    /// The id of the request at `index`, as JSON; empty for a notification. Before it is answered.
    void set_id(size_t index, std::string id) { slots_[index].id = std::move(id); }

    /// Whether whoever asks is the first to answer the request at `index`.
    bool claim(size_t index) {
        const std::lock_guard lock(mutex_);
        return !std::exchange(slots_[index].is_claimed, true);
    }

    /// Once for each request, by whoever claimed it.
    void set(size_t index, const Answer& answer) {
        std::unique_lock lock(mutex_);
        Slot& slot = slots_[index];
        const size_t room = terms_.answer_size_max - std::min(size_, terms_.answer_size_max);
        if (!slot.id.empty()) slot.text = text_of(slot.id, answer, room);
        size_ += slot.text.size();
        if (--missing_ > 0 || done_ == nullptr) return;
        lock.unlock();
        done_(joined());
    }

    /// All of them, if they are there. Otherwise whoever `later` names is told when they are.
    std::optional<std::string> take(const std::function<Done()>& later) {
        const std::lock_guard lock(mutex_);
        if (missing_ == 0) return joined();
        done_ = later();
        return std::nullopt;
    }

    bool is_full() {
        const std::lock_guard lock(mutex_);
        return size_ >= terms_.answer_size_max;
    }

private:
    struct Slot {
        std::string id;
        std::string text;
        bool is_claimed = false;
    };

    std::string joined() {
        if (!is_batch_) return std::move(slots_[0].text);
        std::string out;
        out.reserve(size_ + slots_.size() + 2);
        for (const Slot& slot : slots_)
            if (!slot.text.empty()) out.append(out.empty() ? "[" : ",").append(slot.text);
        return out.empty() ? out : out += ']';
    }

    std::mutex mutex_;
    std::vector<Slot> slots_;
    size_t missing_;
    size_t size_ = 0;
    const bool is_batch_;
    Done done_;
    const Terms terms_;
};

namespace {

boost::json::parse_options parse_options() {
    boost::json::parse_options out;
    out.max_depth = depth_max;
    return out;
}

}  // namespace

Body::Body(std::string_view text)
    : memory_(first_memory_.data(), first_memory_.size()),
      json_(boost::json::parse(text, error_, &memory_, parse_options())) {}

size_t Body::request_count() const {
    const auto* requests = json_.if_array();
    return requests == nullptr ? 1 : std::clamp<size_t>(requests->size(), 1, batch_max);
}

bool Body::is_heavy() const {
    const auto* requests = json_.if_array();
    if (requests == nullptr) return asks_for_much(json_);
    return requests->size() > light_batch_max || std::ranges::any_of(*requests, asks_for_much);
}

bool Body::is_brief() const {
    const auto* requests = json_.if_array();
    if (requests == nullptr) return error_ || asks_for_little(json_);
    return requests->size() <= light_batch_max && std::ranges::all_of(*requests, asks_for_little);
}

Field Ask::operator[](size_t index) const {
    if (index >= argument_count()) return {nullptr, index};
    return {&(*arguments_)[index], index};
}

size_t Ask::argument_count() const {
    size_t count = arguments_ == nullptr ? 0 : arguments_->size();
    while (count > 0 && (*arguments_)[count - 1].is_null()) --count;
    return count;
}

BlockId Ask::block(size_t index) const {
    const Field field = (*this)[index];
    return field.given() ? field.block() : BlockId{BlockTag::latest};
}

std::shared_ptr<const StateSnapshot> Ask::state(size_t index) const {
    return or_throw(chain().at(block(index)));
}

Router::Router(Services services, std::span<const std::span<const Method>> tables)
    : services_(std::move(services)) {
    for (const auto& table : tables)
        for (const Method& method : table) methods_.emplace(method.name, &method);
}

std::optional<std::string> Router::try_answer(const Body& body, const std::function<Done()>& later,
                                              const Terms& terms) const {
    if (body.error_)
        return error_text({code::parse_error, "parse error: " + body.error_.message()});
    const Json& parsed = body.json_;
    if (!parsed.is_array()) return answer_single(parsed, later, terms);
    const auto& requests = parsed.get_array();
    if (requests.empty()) return error_text({code::invalid_request, "empty batch"});
    if (requests.size() > batch_max)
        return error_text({code::limit_exceeded,
                           "batch too large: at most " + std::to_string(batch_max) + " requests"});
    return answer_batch(requests, later, terms);
}

void Router::answer(const Body& body, const Done& done, const Terms& terms) const {
    auto text = try_answer(body, [&done] { return done; }, terms);
    if (text) done(std::move(*text));
}

/// Most bodies are one request that is answered at once: nothing is allocated for others.
std::optional<std::string> Router::answer_single(const Json& json,
                                                 const std::function<Done()>& later,
                                                 const Terms& terms) const {
    const Request request = read_request(json);
    std::shared_ptr<Answers> deferred;
    const auto begin_deferred = [&] {
        deferred = std::make_shared<Answers>(1, false, terms);
        deferred->set_id(0, request.id);
        deferred->take(later);
        return finish(deferred, 0, request);
    };
    // A reference is small enough for the function to hold it without allocating.
    const std::function<Finish()> defer = [&begin_deferred] { return begin_deferred(); };
    const std::optional<Answer> answer = respond(request, terms.visit.get(), defer);
    if (!answer) return std::nullopt;
    if (deferred != nullptr && !deferred->claim(0)) return std::nullopt;
    observe(request.name, *answer, request.begin);
    return request.id.empty() ? std::string() : text_of(request.id, *answer, terms.answer_size_max);
}

std::optional<std::string> Router::answer_batch(const boost::json::array& requests,
                                                const std::function<Done()>& later,
                                                const Terms& terms) const {
    const auto deadline = std::chrono::steady_clock::now() + batch_time_max;
    const auto answers = std::make_shared<Answers>(requests.size(), true, terms);
    for (size_t i = 0; i < requests.size(); ++i) {
        const bool has_room = !answers->is_full() && std::chrono::steady_clock::now() < deadline;
        answer_one(requests[i], answers, i, has_room);
    }
    return answers->take(later);
}

void Router::answer_one(const Json& json, const std::shared_ptr<Answers>& answers, size_t index,
                        bool has_room) const {
    Request request = read_request(json);
    answers->set_id(index, request.id);
    if (request.method != nullptr && !has_room)
        request.error =
            RpcError{code::limit_exceeded, "batch takes too much; ask for less at once"};
    const std::function<Finish()> defer = [&] { return finish(answers, index, request); };
    const std::optional<Answer> answer = respond(request, answers->visit(), defer);
    if (answer) finish(answers, index, request)(*answer);
}

Finish Router::finish(const std::shared_ptr<Answers>& answers, size_t index,
                      const Request& request) const {
    return
        [this, answers, index, name = request.name, begin = request.begin](const Answer& answer) {
            // A late second answer may find the router gone.
            if (!answers->claim(index)) return;
            observe(name, answer, begin);
            answers->set(index, answer);
        };
}

std::optional<Answer> Router::respond(const Request& request, Visit* visit,
                                      const std::function<Finish()>& defer) const {
    if (request.error) return *request.error;
    const Method& method = *request.method;
    Ask ask(services_, request.arguments, visit, defer);
    if (ask.argument_count() > method.arguments_max)
        return RpcError{code::invalid_params,
                        "too many arguments, want at most " + std::to_string(method.arguments_max)};
    Answer answer = call(method, ask);
    if (ask.is_deferred() && std::holds_alternative<Json>(answer)) return std::nullopt;
    return answer;
}

void Router::observe(std::string_view method, const Answer& answer,
                     std::chrono::steady_clock::time_point begin) const {
    if (services_.observe)
        services_.observe(method, answer, std::chrono::steady_clock::now() - begin);
}

std::string Router::answer(std::string_view body) const {
    auto promise = std::make_shared<std::promise<std::string>>();
    auto future = promise->get_future();
    answer(Body(body), [promise](std::string text) { promise->set_value(std::move(text)); });
    return future.get();
}

}  // namespace plume::rpc
