// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IAttestations {
    struct Credentials {
        bytes32 schema;
        address attester;
        uint8 group;
    }

    struct Struct {
        bytes32 bundleHash;
        bytes32 subjectId;
        bytes32 role;
        address anchoredBy;
        uint64 anchoredAt;
        uint256 documentCount;
        string metadataURI;
        bool superseded;
        bytes32 supersededBy;
    }

    struct Struct2 {
        address attestor;
        bool endorsed;
        bytes32 evidenceHash;
        string evidenceURI;
        uint64 attestedAt;
    }

    struct Struct3 {
        bytes32 subjectId;
        bytes32 indicatorId;
        int256 value;
        uint8 decimals;
        bytes32 unit;
        uint64 periodStart;
        uint64 periodEnd;
        bytes32 methodologyHash;
        string methodologyURI;
        address reportedBy;
        uint64 reportedAt;
        uint256 correctsIndex;
        uint256 correctedByIndex;
    }

    struct Struct4 {
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

    struct Struct5 {
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

    function createDomain(Credentials[] calldata credentials) external returns (bytes32 domain);
    function isDomain(bytes32 domain) external view returns (bool);
    function domainCredentials(bytes32 domain) external view returns (Credentials[] memory);
    function credential(address account, bytes32 schema, address attester) external view returns (bytes32 uid);
    function holds(address account, bytes32 domain) external view returns (bool);
    function residence(address account, bytes32 domain) external view returns (uint16 country);
    function residenceSchema() external view returns (bytes32);
    function isLive(bytes32 uid) external view returns (bool);
    function agentSchema() external view returns (bytes32);
    function indicatorSchema() external view returns (bytes32);
    function agents(bytes32 mission) external view returns (address[] memory);
    function kpi(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, int256 value, uint8 quorum) external view returns (bool);
    function kpiVotes(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, int256 value) external view returns (uint256 yes, uint256 no);
    function impact(bytes32 subject, bytes32 indicator, uint64 from, uint64 to, uint8 op, int256 value) external view returns (bool);
    function supportsInterface(bytes4 id) external view returns (bool);
    function anchorBundle(bytes32 bundleHash, bytes32 subjectId, bytes32 role, uint256 documentCount, string calldata metadataURI) external;
    function supersedeBundle(bytes32 oldBundleHash, bytes32 newBundleHash, bytes32 subjectId, bytes32 role, uint256 documentCount, string calldata metadataURI) external;
    function getAnchor(bytes32 bundleHash, bytes32 subjectId, bytes32 role) external view returns (Struct memory);
    function isAnchored(bytes32 bundleHash, bytes32 subjectId, bytes32 role) external view returns (bool);
    function activeBundle(bytes32 subjectId, bytes32 role) external view returns (bytes32);
    function attestSnapshot(bytes32 subjectId, uint256 snapshotIndex, bool endorsed, bytes32 evidenceHash, string calldata evidenceURI) external returns (uint256 attestationIndex);
    function attestationCount(bytes32 subjectId, uint256 snapshotIndex) external view returns (uint256);
    function getAttestation(bytes32 subjectId, uint256 snapshotIndex, uint256 attestationIndex) external view returns (Struct2 memory);
    function recordSnapshot(bytes32 subjectId, bytes32 indicatorId, int256 value, uint8 decimals, bytes32 unit, uint64 periodStart, uint64 periodEnd, bytes32 methodologyHash, string calldata methodologyURI, uint256 correctsIndex) external returns (uint256 snapshotIndex);
    function getSnapshot(bytes32 subjectId, uint256 snapshotIndex) external view returns (Struct3 memory);
    function snapshotCount(bytes32 subjectId) external view returns (uint256);
    function indicatorSnapshotCount(bytes32 subjectId, bytes32 indicatorId) external view returns (uint256);
    function indicatorSnapshotAt(bytes32 subjectId, bytes32 indicatorId, uint256 ordinal) external view returns (uint256 snapshotIndex);
    function latestIndicatorSnapshot(bytes32 subjectId, bytes32 indicatorId) external view returns (uint256 snapshotIndex);
    function currentSnapshotForPeriod(bytes32 subjectId, bytes32 indicatorId, uint64 periodStart, uint64 periodEnd) external view returns (uint256 snapshotIndex);
    function register(string calldata schema, address resolver, bool revocable) external returns (bytes32);
    function getSchema(bytes32 uid) external view returns (Struct4 memory);
    function getSchemaRegistry() external view returns (address);
    function attest(Request calldata request) external returns (bytes32);
    function attestByDelegation(DelegatedRequest calldata delegatedRequest) external returns (bytes32);
    function multiAttest(MultiRequests[] calldata multiRequests) external returns (bytes32[] memory);
    function multiAttestByDelegation(MultiDelegatedRequests[] calldata multiDelegatedRequests) external returns (bytes32[] memory);
    function revoke(Request2 calldata request) external;
    function revokeByDelegation(DelegatedRequest2 calldata delegatedRequest) external;
    function multiRevoke(MultiRequests2[] calldata multiRequests) external;
    function multiRevokeByDelegation(MultiDelegatedRequests2[] calldata multiDelegatedRequests) external;
    function getAttestation(bytes32 uid) external view returns (Struct5 memory);
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
    event Registered(bytes32 indexed uid, address indexed registerer, Struct4 schema);
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
    event SnapshotRecorded(bytes32 indexed subjectId, bytes32 indexed indicatorId, uint256 indexed snapshotIndex, int256 value, uint8 decimals, bytes32 unit, uint64 periodStart, uint64 periodEnd, bytes32 methodologyHash, uint256 correctsIndex, address reportedBy);
    event SnapshotAttested(bytes32 indexed subjectId, uint256 indexed snapshotIndex, address indexed attestor, bool endorsed, bytes32 evidenceHash, uint256 attestationIndex);
    event BundleAnchored(bytes32 indexed bundleHash, bytes32 indexed subjectId, bytes32 indexed role, uint256 documentCount);
    event BundleSuperseded(bytes32 indexed oldBundleHash, bytes32 indexed newBundleHash, bytes32 indexed subjectId, bytes32 role);
    error PeriodInvalid(uint64 start, uint64 end);
    error MethodologyMissing();
    error UriTooLong(uint256 size, uint256 max);
    error PeriodTaken(uint256 snapshotIndex);
    error UnknownSnapshot(bytes32 subjectId, uint256 index);
    error CorrectionInvalid(uint256 correctsIndex);
    error EvidenceMissing();
    error OwnSnapshot(address reporter);
    error BundleInvalid();
    error BundleExists(bytes32 bundleHash);
    error SlotTaken(bytes32 activeBundle);
    error UnknownBundle(bytes32 bundleHash);
    error BundleNotActive(bytes32 bundleHash);
    error NotAnchorer(address caller);
    error NotReporter(address caller);
    error SnapshotTooNew();
    error InvalidAppointment();
    error AlreadyAppointed(address agent);
    error TooManyAgents(uint256 max);
    error InvalidIndication();
    error InvalidQuorum();
    error UnknownComparison(uint8 op);
    error RecordNotLive(bytes32 uid);
    event DomainCreated(bytes32 indexed domain, address indexed by);
    error InvalidDomain(uint256 credentials, uint256 max);
    error UnknownDomain(bytes32 domain);
    error InvalidResidence();
    error ReentrancyGuardReentrantCall();
}
