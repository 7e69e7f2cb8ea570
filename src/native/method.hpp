// A contract's interface as types: the text a Solidity reader expects, held against C++ by the
// compiler.
//
//   using Transfer = Event<"Transfer(address indexed from, address indexed to, uint256 value)",
//                          Address, Address, u256>;
//   Method<"balanceOf(address owner) view returns (uint256)", &Token::balance_of>
//
// The text is what `plume describe` prints and what selectors are hashed from. A const member
// function is a view: it is given no way to write, so the word in the text cannot lie.
#pragma once

#include <span>
#include <tuple>

#include "native/signature.hpp"

namespace plume {

/// One line of an interface, as `plume describe` lists it.
struct AbiEntry {
    enum class Kind : uint8_t { constructor, function, event, error };
    Kind kind;
    std::string_view text;
};

/// An event with its arguments, to be given to Contract::emit. At most three are indexed: value
/// types, and strings, of which the topic holds the hash and `decode` gives back nothing.
template <FixedText text, class... T>
struct Event {
    static_assert(detail::takes<text, T...>(), "the text's parameters are not these C++ types");
    static constexpr Hash topic = detail::signature_hash<text>();
    static constexpr AbiEntry entry{AbiEntry::Kind::event, text.view()};
    static constexpr auto indexed = detail::parse_signature(text.view()).indexed;

    Event(T... arguments) : values(std::move(arguments)...) {}

    std::tuple<T...> values;

    std::vector<Hash> topics() const {
        std::vector<Hash> out;
        out.reserve(1 + std::ranges::count(indexed, true));
        out.push_back(topic);
        each([&]<size_t I>() {
            using Value = std::tuple_element_t<I, std::tuple<T...>>;
            if constexpr (indexed[I] && std::same_as<Value, std::string>)
                out.push_back(keccak256(std::get<I>(values)));
            else if constexpr (indexed[I])
                out.push_back(to_word(abi::Word<Value>::to(std::get<I>(values))));
        });
        return out;
    }

    Bytes data() const {
        return std::apply([](const auto&... plain) { return abi::encode(plain...); },
                          plain(std::index_sequence_for<T...>{}));
    }

    /// The arguments of a log that this event left; nothing for any other log.
    template <class Log>
    static std::optional<std::tuple<T...>> decode(const Log& log);

private:
    static void each(auto&& visit) {
        [&]<size_t... I>(std::index_sequence<I...>) {
            (visit.template operator()<I>(), ...);
        }(std::index_sequence_for<T...>{});
    }

    template <size_t... I>
    auto plain(std::index_sequence<I...>) const {
        return std::tuple_cat([&] {
            if constexpr (indexed[I])
                return std::tuple<>{};
            else
                return std::tie(std::get<I>(values));
        }()...);
    }
};

template <FixedText text, class... T>
template <class Log>
std::optional<std::tuple<T...>> Event<text, T...>::decode(const Log& log) {
    if (log.topics.empty() || log.topics[0] != topic) return std::nullopt;
    // Plain arguments in order, then looked up one by one between the topics.
    constexpr size_t topic_count = 1 + std::ranges::count(indexed, true);
    if (log.topics.size() != topic_count) return std::nullopt;
    std::tuple<T...> out;
    size_t next_topic = 1;
    bool ok = true;
    abi::detail::Reader reader(log.data);
    size_t at = 0;
    each([&]<size_t I>() {
        using Value = std::tuple_element_t<I, std::tuple<T...>>;
        if constexpr (indexed[I] && std::same_as<Value, std::string>) {
            ++next_topic;
        } else if constexpr (indexed[I]) {
            const auto value = abi::Word<Value>::from(to_u256(log.topics[next_topic++]));
            ok = ok && value.has_value();
            if (value) std::get<I>(out) = *value;
        } else {
            std::get<I>(out) = reader.read<Value>(0, at);
            at += abi::head_size<Value>();
        }
    });
    if (!ok || !reader.ok()) return std::nullopt;
    return out;
}

/// A custom error with its arguments, to be given to Contract::require or thrown by
/// Contract::refuse.
template <FixedText text, class... T>
struct CustomError {
    static_assert(detail::takes<text, T...>(), "the text's parameters are not these C++ types");
    static constexpr Selector selector = detail::selector_of(detail::signature_hash<text>());
    static constexpr AbiEntry entry{AbiEntry::Kind::error, text.view()};

    CustomError(T... arguments) : values(std::move(arguments)...) {}

    std::tuple<T...> values;

    Bytes data() const {
        return std::apply([](const auto&... v) { return abi::encode_call(selector, v...); },
                          values);
    }

    /// The arguments of revert data that this error left; nothing for any other.
    static std::optional<std::tuple<T...>> decode(BytesView data) {
        if (data.size() < 4 || !equal(data.first(4), selector)) return std::nullopt;
        return abi::decode<T...>(data.subspan(4));
    }
};

namespace detail {

/// What a member function takes and gives, whether const or not.
template <class F>
struct MemberFunction;
template <class C, class R, class... A>
struct MemberFunction<R (C::*)(A...)> {
    using Class = C;
    using Return = R;
    using Arguments = std::tuple<std::remove_cvref_t<A>...>;
    static constexpr bool is_const = false;
    template <FixedText text>
    static consteval bool matches_inputs() {
        return takes<text, std::remove_cvref_t<A>...>();
    }
};
template <class C, class R, class... A>
struct MemberFunction<R (C::*)(A...) const> : MemberFunction<R (C::*)(A...)> {
    static constexpr bool is_const = true;
};

template <class R>
struct ReturnName {
    static constexpr abi::StaticText get() { return tuple_name<R>(); }
    static Bytes encode(const R& value) { return abi::encode(value); }
};
template <>
struct ReturnName<void> {
    static constexpr abi::StaticText get() { return tuple_name<>(); }
};
template <class... T>
struct ReturnName<std::tuple<T...>> {
    static constexpr abi::StaticText get() { return tuple_name<T...>(); }
    static Bytes encode(const std::tuple<T...>& values) {
        return std::apply([](const T&... v) { return abi::encode(v...); }, values);
    }
};

}  // namespace detail

/// A member function and the text it is called by.
template <FixedText text, auto function>
struct Method {
    using Function = detail::MemberFunction<decltype(function)>;
    using Return = typename Function::Return;

    static constexpr Selector selector = detail::selector_of(detail::signature_hash<text>());
    static constexpr AbiEntry entry{AbiEntry::Kind::function, text.view()};
    static constexpr Mutability mutability = detail::parse_signature(text.view()).mutability;
    static constexpr bool is_view = mutability == Mutability::view;

    static_assert(Function::template matches_inputs<text>(),
                  "the text's parameters are not those of the C++ function");
    static_assert(detail::parse_signature(text.view()).outputs.view() ==
                      detail::ReturnName<Return>::get().view(),
                  "the text's returns are not what the C++ function returns");
    static_assert(Function::is_const == is_view, "const is view, and view is const");

    /// The class that declares the function; an object of a derived class is one.
    using Object = std::conditional_t<Function::is_const, const typename Function::Class,
                                      typename Function::Class>;

    /// Decodes `arguments`, calls, and encodes what comes back; nothing when they do not decode.
    static std::optional<Bytes> invoke(Object& contract, BytesView arguments) {
        auto values = [&]<class... A>(std::tuple<A...>*) {
            return abi::decode<A...>(arguments);
        }(static_cast<typename Function::Arguments*>(nullptr));
        if (!values) return std::nullopt;
        return std::apply(
            [&](auto&... argument) -> Bytes {
                if constexpr (std::is_void_v<Return>) {
                    (contract.*function)(std::move(argument)...);
                    return {};
                } else {
                    return detail::ReturnName<Return>::encode(
                        (contract.*function)(std::move(argument)...));
                }
            },
            *values);
    }
};

/// A set of methods; a derived contract's is the sum of its base's and its own. An own method with
/// the selector of one of the base replaces it.
template <class... M>
struct Methods {
    static constexpr std::array<AbiEntry, sizeof...(M)> entries{M::entry...};

    template <class... N>
    friend consteval auto operator+(Methods, Methods<N...>) {
        return Methods<
            N..., M...>{};  // The first match is called: own methods come before inherited ones.
    }

    /// ERC-165: the exclusive or of all selectors.
    static constexpr Selector interface_id() {
        Selector out{};
        for (const Selector& selector : {M::selector...})
            for (size_t i = 0; i < out.size; ++i) out.bytes[i] ^= selector.bytes[i];
        return out;
    }

    /// Calls `visit.operator()<Method>()` for the first method with this selector; false when there
    /// is none. For a few methods: calls are looked up in the table below.
    static bool find(const Selector& selector, auto&& visit) {
        return ((M::selector == selector ? (visit.template operator()<M>(), true) : false) || ...);
    }

    /// What `make.operator()<Method>()` gives for each method, sorted by selector: the table that a
    /// call is looked up in. Of two methods with one selector the first counts.
    template <class Entry>
    static consteval auto table(auto make) {
        std::array<std::pair<uint32_t, Entry>, sizeof...(M)> rows {
            std::pair<uint32_t, Entry>{number_of(M::selector), make.template operator()<M>()}...
        };
        // Stable, which std::stable_sort of C++20 is not while compiling.
        for (size_t i = 1; i < rows.size(); ++i)
            for (size_t j = i; j > 0 && rows[j].first < rows[j - 1].first; --j)
                std::swap(rows[j], rows[j - 1]);
        return rows;
    }

    /// A selector as a number, in whose order the table is.
    static constexpr uint32_t number_of(const Selector& selector) {
        return uint32_t{selector[0]} << 24 | uint32_t{selector[1]} << 16 |
               uint32_t{selector[2]} << 8 | selector[3];
    }
};

/// The events and errors of a contract, for its description.
template <class... E>
struct Declarations {
    static constexpr std::array<AbiEntry, sizeof...(E)> entries{E::entry...};

    template <class... F>
    friend consteval auto operator+(Declarations, Declarations<F...>) {
        return Declarations<E..., F...>{};
    }
};

}  // namespace plume
