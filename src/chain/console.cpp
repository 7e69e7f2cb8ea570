#include "chain/console.hpp"

#include <map>

#include "codec/abi_value.hpp"
#include "crypto/keccak.hpp"

namespace plume {

using namespace literals;

const Address console_address = "0x000000000000000000636f6e736f6c652e6c6f67"_address;

namespace {

using Parameters = std::vector<abi::Parameter>;

constexpr size_t selector_size = 4;
/// console.sol overloads log for up to this many values.
constexpr size_t value_count = 4;

uint32_t number_of(BytesView selector) {
    uint32_t out = 0;
    for (const uint8_t byte : selector.first(selector_size)) out = out << 8 | byte;
    return out;
}

/// Every function of console.sol by its selector.
class Functions {
public:
    Functions() {
        // Its first versions computed selectors from "uint" and "int".
        add_all("log(", 0, {"uint256", "string", "bool", "address"});
        add_all("log(", 0, {"uint", "string", "bool", "address"});
        add("log()", "log()");
        for (const std::string type :
             {"uint256", "uint", "int256", "int", "bytes", "string", "bool", "address"})
            add_single(type);
        for (size_t size = 1; size <= 32; ++size) add_single("bytes" + std::to_string(size));
    }

    const Parameters* find(uint32_t selector) const {
        const auto found = functions_.find(selector);
        return found == functions_.end() ? nullptr : &found->second;
    }

private:
    void add_all(const std::string& head, size_t count, const std::vector<std::string>& types) {
        if (count == value_count) return;
        for (const std::string& type : types) {
            const std::string more = head + (count == 0 ? "" : ",") + type;
            add(more + ")", more + ")");
            add_all(more, count + 1, types);
        }
    }

    /// log(type), and what older versions called logUint, logBytes32 ...
    void add_single(const std::string& type) {
        const std::string list = "(" + type + ")";
        add("log" + list, "log" + list);
        std::string name = type.starts_with("uint")  ? "uint"
                           : type.starts_with("int") ? "int"
                                                     : type;
        name[0] = static_cast<char>(name[0] - 'a' + 'A');
        add("log" + name + list, "log" + list);
    }

    void add(const std::string& signature, const std::string& declaration) {
        auto parsed = abi::parse_declaration(declaration);
        check(parsed.ok(), "console.sol's functions can be parsed");
        functions_[number_of(keccak256(view_of(signature)))] = std::move(parsed).value().inputs;
    }

    std::map<uint32_t, Parameters> functions_;
};

std::string text_of(const abi::Type& type, const abi::Value& value) {
    if (const auto* text = std::get_if<std::string>(&value.content)) return *text;
    if (const auto* flag = std::get_if<bool>(&value.content)) return *flag ? "true" : "false";
    if (const auto* address = std::get_if<Address>(&value.content)) return to_hex(*address);
    if (const auto* bytes = std::get_if<Bytes>(&value.content)) return to_hex(*bytes);
    const u256 number = std::get<u256>(value.content);
    const bool is_negative = type.kind == abi::Type::Kind::signed_integer && number.bit(255);
    return is_negative ? "-" + to_decimal(u256{} - number) : to_decimal(number);
}

/// The first text with its placeholders filled, then what is left, with spaces between.
std::string format(const std::vector<std::string>& values, bool has_format) {
    std::string out;
    size_t next = 0;
    if (has_format) {
        const std::string& pattern = values[next++];
        for (size_t i = 0; i < pattern.size(); ++i) {
            const bool is_placeholder = pattern[i] == '%' && i + 1 < pattern.size();
            const char kind = is_placeholder ? pattern[i + 1] : '\0';
            if (kind == '%') {
                out += '%';
                ++i;
            } else if (std::string_view("sdioj").find(kind) != std::string_view::npos &&
                       next < values.size()) {
                out += values[next++];
                ++i;
            } else {
                out += pattern[i];
            }
        }
    }
    for (; next < values.size(); ++next)
        out += (out.empty() && next == 0 ? "" : " ") + values[next];
    return out;
}

}  // namespace

std::optional<std::string> console_text(BytesView calldata) {
    static const Functions functions;
    if (calldata.size() < selector_size) return std::nullopt;
    const Parameters* parameters = functions.find(number_of(calldata));
    if (parameters == nullptr) return std::nullopt;
    const auto values = abi::decode_values(*parameters, calldata.subspan(selector_size));
    if (!values) return std::nullopt;
    std::vector<std::string> texts;
    for (size_t i = 0; i < values->size(); ++i)
        texts.push_back(text_of((*parameters)[i].type, (*values)[i]));
    const bool has_format =
        !parameters->empty() && parameters->front().type.kind == abi::Type::Kind::text;
    std::string out = format(texts, has_format);
    if (out.size() > console_text_max) out.resize(console_text_max);
    return out;
}

void Console::enter(const Message& message, BytesView, const NativeType*) {
    if (message.code_address != console_address || count_ == console_count_max) return;
    const auto text = console_text(message.input);
    if (!text) return;
    ++count_;
    print_(*text);
}

}  // namespace plume
