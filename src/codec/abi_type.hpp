// Types of the Solidity ABI that are only known at run time, and the declarations that are made of
// them, read from the text people write:
//
//   type        = ( tuple | word ) { "[" [ digits ] "]" }
//   tuple       = [ "tuple" ] "(" parameter { "," parameter } ")"
//   parameter   = type { word }             words: indexed, payable, memory, calldata, storage, a
//   name declaration = [ kind ] name parameters { word } [ "returns" parameters ] parameters  = "("
//   [ parameter { "," parameter } ] ")" kind        = "function" | "event" | "error"
//
// Types that C++ knows are the business of codec/abi.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace plume::abi {

/// How deep arrays and tuples may stand in one another.
inline constexpr size_t type_depth_max = 16;
/// The most bytes that the static part of a type may take up: 32,768 words.
inline constexpr size_t static_size_max = 1u << 20;
/// The most characters of a type or declaration that are read.
inline constexpr size_t declaration_size_max = 1u << 16;

struct Parameter;

/// A type, made by `parse_type` and its like only: they keep the limits and fill in the last two
/// members. A tuple has at least one part and an array of fixed size at least one element, so that
/// no value is without words.
struct Type {
    enum class Kind : uint8_t {
        unsigned_integer,
        signed_integer,
        boolean,
        address,
        fixed_bytes,
        bytes,
        text,
        array,        ///< T[]: its element is the only part
        fixed_array,  ///< T[size]: likewise
        tuple,
    };

    Kind kind = Kind::boolean;
    size_t size = 0;  ///< bits of an integer, bytes of bytesN, elements of T[N]
    std::vector<Parameter> parts;
    bool is_dynamic = false;
    size_t head_size = 32;  ///< bytes that a value takes up where it stands: 32 when it is dynamic

    const Type& element() const;
};

/// A type with what a declaration says of it. An element of an array has no name.
struct Parameter {
    Type type;
    std::string name;
    bool is_indexed = false;
};

inline const Type& Type::element() const {
    return parts.front().type;
}

/// A function, event, error or constructor.
struct Declaration {
    enum class Kind : uint8_t { function, event, error, constructor };

    Kind kind = Kind::function;
    std::string name;  ///< empty for a constructor
    std::vector<Parameter> inputs;
    std::vector<Parameter> outputs;
    bool is_view = false;     ///< view or pure: calling it changes nothing
    bool is_payable = false;  ///< takes coin
    bool is_anonymous = false;
};

/// The type that the whole of `text` spells: "(uint256 a, bytes32[] b)[2]". uint and int mean 256
/// bits.
Result<Type> parse_type(std::string_view text);

/// The function, event or error that the whole of `text` declares:
/// "transfer(address to, uint256 amount) returns (bool)". Without a word for its kind it is a
/// function.
Result<Declaration> parse_declaration(std::string_view text);

/// T[size], or T[] for size 0.
Result<Type> array_of(Type element, size_t size);
Result<Type> tuple_of(std::vector<Parameter> parts);
/// The type of one word: "uint256", "bytes4", "string".
Result<Type> elementary_type(std::string_view name);

/// The canonical name: "(uint256,bytes32[])[2]".
std::string to_string(const Type& type);

/// What selectors and topics are the keccak256 of: "transfer(address,uint256)".
std::string signature_of(const Declaration& declaration);

}  // namespace plume::abi
