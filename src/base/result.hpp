// How a function says no: Result for bad input, check for what only we can break.
#pragma once

#include <optional>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace plume {

/// Why an input was refused. `code` is a JSON-RPC error code (-32000 "server error" unless a layer
/// says otherwise); `what` is a sentence for people and, where Ethereum clients match on it, geth's
/// wording.
struct Error {
    int code = -32000;
    std::string what;

    friend bool operator==(const Error&, const Error&) = default;
};

/// A `T` or the reason why there is none. Test it before use; reading the wrong side stops the
/// program.
template <class T>
class [[nodiscard]] Result {
public:
    Result(T value) : content_(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : content_(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return content_.index() == 0; }
    explicit operator bool() const { return ok(); }

    T& value() & { return std::get<0>(content_); }
    const T& value() const& { return std::get<0>(content_); }
    T&& value() && { return std::get<0>(std::move(content_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }

    const Error& error() const& { return std::get<1>(content_); }
    Error&& error() && { return std::get<1>(std::move(content_)); }

private:
    std::variant<T, Error> content_;
};

/// Success without a value, or the reason why not.
template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : error_(std::move(error)) {}

    bool ok() const { return !error_; }
    explicit operator bool() const { return ok(); }
    const Error& error() const& { return *error_; }
    Error&& error() && { return std::move(*error_); }

private:
    std::optional<Error> error_;
};

/// Hands the error of `expression` to the caller, or goes on with its value as `name`.
#define TRY(name, expression)                                    \
    auto name##_result = (expression);                           \
    if (!name##_result) return std::move(name##_result).error(); \
    auto name = std::move(name##_result).value()

/// Logs `why` with the place and stops the process. For what must hold however bad the input was.
[[noreturn]] void fail(std::string_view why,
                       std::source_location where = std::source_location::current());

/// Always compiled in. Never for what a stranger can send: that is a Result.
inline void check(bool holds, std::string_view why,
                  std::source_location where = std::source_location::current()) {
    if (!holds) [[unlikely]]
        fail(why, where);
}

}  // namespace plume
