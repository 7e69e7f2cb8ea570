// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IAttestations {
    struct Struct {
        bytes32 uid;
        address resolver;
        bool revocable;
        string schema;
    }

    struct Data {
        address recipient;
        uint64 expirationTime;
        bool revocable;
        bytes32 refUID;
        bytes data;
        uint256 value;
    }

    struct Request {
        bytes32 schema;
        Data data;
    }

    struct Signature {
        uint8 v;
        bytes32 r;
        bytes32 s;
    }

    struct DelegatedRequest {
        bytes32 schema;
        Data data;
        Signature signature;
        address attester;
        uint64 deadline;
    }

    struct MultiRequests {
        bytes32 schema;
        Data[] data;
    }

    struct MultiDelegatedRequests {
        bytes32 schema;
        Data[] data;
        Signature[] signatures;
        address attester;
        uint64 deadline;
    }

    struct Data2 {
        bytes32 uid;
        uint256 value;
    }

    struct Request2 {
        bytes32 schema;
        Data2 data;
    }

    struct DelegatedRequest2 {
        bytes32 schema;
        Data2 data;
        Signature signature;
        address revoker;
        uint64 deadline;
    }

    struct MultiRequests2 {
        bytes32 schema;
        Data2[] data;
    }

    struct MultiDelegatedRequests2 {
        bytes32 schema;
        Data2[] data;
        Signature[] signatures;
        address revoker;
        uint64 deadline;
    }

    struct Struct2 {
        bytes32 uid;
        bytes32 schema;
        uint64 time;
        uint64 expirationTime;
        uint64 revocationTime;
        bytes32 refUID;
        address recipient;
        address attester;
        bool revocable;
        bytes data;
    }

    function isLive(bytes32 uid) external view returns (bool);
    function agentSchema() external view returns (bytes32);
    function indicatorSchema() external view returns (bytes32);
    function agents(bytes32 mission) external view returns (address[] memory);
    function kpi(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, int256 value, uint8 quorum) external view returns (bool);
    function kpiVotes(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, int256 value) external view returns (uint256 yes, uint256 no);
    function register(string calldata schema, address resolver, bool revocable) external returns (bytes32);
    function getSchema(bytes32 uid) external view returns (Struct memory);
    function getSchemaRegistry() external view returns (address);
    function attest(Request calldata request) external returns (bytes32);
    function attestByDelegation(DelegatedRequest calldata delegatedRequest) external returns (bytes32);
    function multiAttest(MultiRequests[] calldata multiRequests) external returns (bytes32[] memory);
    function multiAttestByDelegation(MultiDelegatedRequests[] calldata multiDelegatedRequests) external returns (bytes32[] memory);
    function revoke(Request2 calldata request) external;
    function revokeByDelegation(DelegatedRequest2 calldata delegatedRequest) external;
    function multiRevoke(MultiRequests2[] calldata multiRequests) external;
    function multiRevokeByDelegation(MultiDelegatedRequests2[] calldata multiDelegatedRequests) external;
    function getAttestation(bytes32 uid) external view returns (Struct2 memory);
    function isAttestationValid(bytes32 uid) external view returns (bool);
    function timestamp(bytes32 data) external returns (uint64);
    function multiTimestamp(bytes32[] calldata data) external returns (uint64);
    function revokeOffchain(bytes32 data) external returns (uint64);
    function multiRevokeOffchain(bytes32[] calldata data) external returns (uint64);
    function getTimestamp(bytes32 data) external view returns (uint64);
    function getRevokeOffchain(address revoker, bytes32 data) external view returns (uint64);
    function getNonce(address account) external view returns (uint256);
    function increaseNonce(uint256 newNonce) external;
    function getDomainSeparator() external view returns (bytes32);
    function getAttestTypeHash() external view returns (bytes32);
    function getRevokeTypeHash() external view returns (bytes32);
    function getName() external view returns (string memory);
    function version() external view returns (string memory);
    function eip712Domain() external view returns (bytes1 fields, string memory name, string memory version, uint256 chainId, address verifyingContract, bytes32 salt, uint256[] memory extensions);
    event Registered(bytes32 indexed uid, address indexed registerer, Struct schema);
    event Attested(address indexed recipient, address indexed attester, bytes32 uid, bytes32 indexed schemaUID);
    event Revoked(address indexed recipient, address indexed attester, bytes32 uid, bytes32 indexed schemaUID);
    event Timestamped(bytes32 indexed data, uint64 indexed timestamp);
    event RevokedOffchain(address indexed revoker, bytes32 indexed data, uint64 indexed timestamp);
    event NonceIncreased(uint256 oldNonce, uint256 newNonce);
    error AccessDenied();
    error AlreadyExists();
    error AlreadyRevoked();
    error AlreadyRevokedOffchain();
    error AlreadyTimestamped();
    error DeadlineExpired();
    error InvalidExpirationTime();
    error InvalidLength();
    error InvalidNonce();
    error InvalidSchema();
    error InvalidSignature();
    error Irrevocable();
    error NotFound();
    error NotPayable();
    error ResolverNotSupported(address resolver);
    error InvalidAppointment();
    error AlreadyAppointed(address agent);
    error TooManyAgents(uint256 max);
    error InvalidIndication();
    error InvalidQuorum();
    error UnknownComparison(uint8 op);
    error RecordNotLive(bytes32 uid);
    error ReentrancyGuardReentrantCall();
}
