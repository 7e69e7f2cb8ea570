#include "app/record_commands.hpp"

#include <iostream>

#include "app/accounts.hpp"
#include "app/records.hpp"
#include "app/serve.hpp"
#include "app/text.hpp"
#include "codec/abi_json.hpp"
#include "codec/abi_text.hpp"
#include "crypto/address.hpp"

namespace plume {

namespace json = boost::json;

namespace {

/// The fields of a schema, as the parameters of a tuple.
Result<std::vector<abi::Parameter>> fields_of(const std::string& schema) {
    if (schema.empty()) return std::vector<abi::Parameter>{};
    auto type = abi::parse_type("(" + schema + ")");
    if (!type) return Error{exit_code::usage, "schema '" + schema + "': " + type.error().what};
    return std::move(type->parts);
}

Result<Hash> parse_uid(const std::string& text) {
    const auto uid = Hash::parse(text);
    if (!uid) return Error{exit_code::usage, "'" + text + "' is no uid: 0x and 64 digits"};
    return *uid;
}

Result<Bytes> encode_values(const RecordOptions& options) {
    TRY(fields, fields_of(options.schema));
    if (fields.size() != options.values.size())
        return Error{exit_code::usage, "the schema has " + std::to_string(fields.size()) +
                                           " fields, " + std::to_string(options.values.size()) +
                                           " values are given"};
    std::vector<abi::Value> values;
    for (size_t i = 0; i < fields.size(); ++i) {
        auto value = abi::from_text(fields[i].type, options.values[i]);
        if (!value) return Error{exit_code::usage, fields[i].name + ": " + value.error().what};
        values.push_back(std::move(*value));
    }
    return abi::encode_values(fields, values);
}

Result<int> make(const RecordOptions& options) {
    TRY(signer, choose_signer(options.signer));
    RecordDraft draft{.schema = {}, .expires = options.expires};
    TRY(data, encode_values(options));
    draft.data = std::move(data);
    if (!options.about.empty()) {
        TRY(recipient, find_address(options.about));
        draft.recipient = recipient;
    }
    if (!options.refers_to.empty()) {
        TRY(reference, parse_uid(options.refers_to));
        draft.refers_to = reference;
    }
    TRY(session, Session::open(options.client.rpc));
    if (auto agreed = confirm(options.signer, signer.name + " attests '" + options.schema + "'");
        !agreed)
        return std::move(agreed).error();
    TRY(schema, ensure_schema(session, signer, options.schema));
    draft.schema = schema;
    TRY(uid, attest(session, signer, draft));
    if (options.client.json)
        std::cout << json::serialize(json::object{{"uid", to_hex(uid)}, {"schema", to_hex(schema)}})
                  << "\n";
    else
        std::cout << to_hex(uid) << "\n";
    std::cerr << "see it with: plume record show " << to_hex(uid) << "\n";
    return exit_code::ok;
}

/// The data by the fields of its schema; as hexadecimal when they do not match.
json::value readable(const std::string& schema, const Bytes& data) {
    const auto fields = fields_of(schema);
    const auto values =
        fields ? abi::decode_values(*fields, data) : Result<std::vector<abi::Value>>(Error{});
    if (!values || fields->empty()) return json::value(to_hex(data));
    json::object out;
    for (size_t i = 0; i < values->size(); ++i) {
        const std::string& name = (*fields)[i].name;
        out[name.empty() ? std::to_string(i) : name] =
            abi::to_json((*fields)[i].type, (*values)[i]);
    }
    return out;
}

Result<int> show(const RecordOptions& options) {
    TRY(uid, parse_uid(options.uid));
    TRY(session, Session::open(options.client.rpc));
    TRY(record, read_record(session, uid));
    TRY(live, is_live(session, uid));
    using Schema = eas::SchemaRecord;
    TRY(schema, (session.ask<"getSchema(bytes32 uid) view returns ((bytes32 uid, address resolver, "
                             "bool revocable, string "
                             "schema))",
                             Schema>(contracts::attestations, record.schema)));
    const json::value data = readable(schema.schema, record.data);
    const json::object out{{"uid", to_hex(uid)},
                           {"live", live},
                           {"schema", schema.schema},
                           {"attester", to_checksum(record.attester)},
                           {"recipient", to_checksum(record.recipient)},
                           {"refersTo", to_hex(record.ref_uid)},
                           {"time", record.time},
                           {"expires", record.expiration_time},
                           {"revoked", record.revocation_time},
                           {"data", data}};
    if (options.client.json) {
        std::cout << json::serialize(out) << "\n";
        return exit_code::ok;
    }
    for (const auto& [key, value] : out)
        std::cout << std::string(key) << std::string(key.size() < 11 ? 11 - key.size() : 1, ' ')
                  << (value.is_string() ? std::string(std::string_view(value.get_string()))
                                        : json::serialize(value))
                  << "\n";
    return exit_code::ok;
}

}  // namespace

int run_record_attest(const RecordOptions& options) {
    const auto code = make(options);
    return code ? *code : report_error(code.error());
}

int run_record_show(const RecordOptions& options) {
    const auto code = show(options);
    return code ? *code : report_error(code.error());
}

}  // namespace plume
