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

void append(std::string& out, const Json& value) {
    boost::json::serializer serializer;
    serializer.reset(&value);
    std::array<char, 4'096> buffer;
    while (!serializer.done()) out.append(serializer.read(buffer.data(), buffer.size()));
}

std::string text_of_result(std::string_view id, const Json& result) {
    std::string out;
    out.append(answer_head).append(id).append(R"(,"result":)");
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

/// Batches of more are heavy, whatever they ask for.
constexpr size_t light_batch_max = 16;

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
    const auto* members = request.if_object();
    const Json* method = members == nullptr ? nullptr : members->if_contains("method");
    if (method == nullptr || !method->is_string()) return false;
    const std::string_view name = method->get_string();
    return std::ranges::any_of(prefixes,
                               [&](std::string_view prefix) { return name.starts_with(prefix); });
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

/// A request taken apart; what it looks at belongs to the JSON it was read from.
struct Request {
    std::string id;  ///< as JSON; empty for a notification
    std::string_view method;
    const boost::json::array* arguments = nullptr;
    std::optional<RpcError> error;
};

Request read_request(const Json& json) {
    Request out;
    out.id = "null";
    const auto refuse = [&out](int error_code, std::string_view why) {
        out.error = RpcError{error_code, std::string(why)};
        return out;
    };
    if (!json.is_object()) return refuse(code::invalid_request, "invalid request: not an object");
    const auto& members = json.get_object();

    const Json* id = members.if_contains("id");
    if (id != nullptr && !id->is_string() && !id->is_number() && !id->is_null())
        return refuse(code::invalid_request, "invalid request: id is no string, number or null");
    if (id != nullptr) out.id = boost::json::serialize(*id);

    const Json* version = members.if_contains("jsonrpc");
    if (version == nullptr || *version != "2.0")
        return refuse(code::invalid_request, "invalid request: jsonrpc is not \"2.0\"");
    const Json* method = members.if_contains("method");
    if (method == nullptr || !method->is_string())
        return refuse(code::invalid_request, "invalid request: method is no string");
    out.method = method->get_string();
    if (id == nullptr) out.id.clear();

    const Json* params = members.if_contains("params");
    if (params == nullptr || params->is_null()) return out;
    if (!params->is_array()) return refuse(code::invalid_params, "non-array args");
    out.arguments = &params->get_array();
    return out;
}

}  // namespace

std::string error_text(const RpcError& error) {
    return text_of_error("null", error);
}

/// The answers to one body, collected as they come.
class Router::Answers {
public:
    Answers(size_t count, bool is_batch, Done done, const Terms& terms)
        : slots_(count),
          missing_(count),
          is_batch_(is_batch),
          done_(std::move(done)),
          terms_(terms) {}

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
        if (!slot.id.empty()) slot.text = text_of(slot.id, answer);
        size_ += slot.text.size();
        if (--missing_ > 0) return;
        lock.unlock();
        done_(joined());
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

    std::string text_of(std::string_view id, const Answer& answer) const {
        if (const auto* error = std::get_if<RpcError>(&answer)) return text_of_error(id, *error);
        std::string text = text_of_result(id, std::get<Json>(answer));
        if (size_ + text.size() <= terms_.answer_size_max) return text;
        return text_of_error(id,
                             {code::limit_exceeded, "response too large; ask for less at once"});
    }

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
    const Done done_;
    const Terms terms_;
};

size_t Body::request_count() const {
    const auto* requests = json_.if_array();
    return requests == nullptr ? 1 : std::clamp<size_t>(requests->size(), 1, batch_max);
}

bool Body::is_heavy() const {
    const auto* requests = json_.if_array();
    if (requests == nullptr) return asks_for_much(json_);
    return requests->size() > light_batch_max || std::ranges::any_of(*requests, asks_for_much);
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

std::unique_ptr<Body> Router::read(std::string_view text) {
    auto out = std::make_unique<Body>();
    boost::json::parse_options options;
    options.max_depth = depth_max;
    out->json_ = boost::json::parse(text, out->error_, &out->memory_, options);
    return out;
}

void Router::answer(const Body& body, Done done, const Terms& terms) const {
    if (body.error_) {
        done(error_text({code::parse_error, "parse error: " + body.error_.message()}));
        return;
    }
    const Json& parsed = body.json_;
    if (!parsed.is_array()) {
        answer_one(parsed, std::make_shared<Answers>(1, false, std::move(done), terms), 0, true);
        return;
    }
    const auto& requests = parsed.get_array();
    if (requests.empty()) {
        done(error_text({code::invalid_request, "empty batch"}));
        return;
    }
    if (requests.size() > batch_max) {
        done(error_text({code::limit_exceeded,
                         "batch too large: at most " + std::to_string(batch_max) + " requests"}));
        return;
    }
    const auto deadline = std::chrono::steady_clock::now() + batch_time_max;
    const auto answers = std::make_shared<Answers>(requests.size(), true, std::move(done), terms);
    for (size_t i = 0; i < requests.size(); ++i) {
        const bool has_room = !answers->is_full() && std::chrono::steady_clock::now() < deadline;
        answer_one(requests[i], answers, i, has_room);
    }
}

void Router::answer_one(const Json& json, const std::shared_ptr<Answers>& answers, size_t index,
                        bool has_room) const {
    const auto begin = std::chrono::steady_clock::now();
    Request request = read_request(json);
    answers->set_id(index, std::move(request.id));
    const auto found = request.error ? methods_.end() : methods_.find(request.method);
    const std::string_view name = request.error             ? "invalid"
                                  : found == methods_.end() ? "unknown"
                                                            : found->first;
    const auto finish = [this, answers, index, name, begin](const Answer& answer) {
        // A late second answer may find the router gone.
        if (!answers->claim(index)) return;
        observe(name, answer, begin);
        answers->set(index, answer);
    };
    if (request.error) return finish(*request.error);
    if (!has_room)
        return finish(RpcError{code::limit_exceeded, "batch takes too much; ask for less at once"});
    if (found == methods_.end())
        return finish(unknown_method(request.method, services_.dev.has_value()));
    const Method& method = *found->second;
    bool is_deferred = false;
    Ask ask(services_, request.arguments, answers->visit(), [&] {
        is_deferred = true;
        return finish;
    });
    if (ask.argument_count() > method.arguments_max)
        return finish(RpcError{code::invalid_params, "too many arguments, want at most " +
                                                         std::to_string(method.arguments_max)});
    const Answer answer = call(method, ask);
    if (is_deferred && std::holds_alternative<Json>(answer)) return;
    finish(answer);
}

void Router::observe(std::string_view method, const Answer& answer,
                     std::chrono::steady_clock::time_point begin) const {
    if (services_.observe)
        services_.observe(method, answer, std::chrono::steady_clock::now() - begin);
}

std::string Router::answer(std::string_view body) const {
    auto promise = std::make_shared<std::promise<std::string>>();
    auto future = promise->get_future();
    answer(*read(body), [promise](std::string text) { promise->set_value(std::move(text)); });
    return future.get();
}

}  // namespace plume::rpc
