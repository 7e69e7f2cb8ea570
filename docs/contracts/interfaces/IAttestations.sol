// SPDX-License-Identifier: MIT
pragma solidity >=0.8.4;

interface IAttestations {
    struct Credentials {
        bytes32 schema;
        address attester;
        uint8 group;
    }

    struct Struct {
        bytes32 assetClass;
        bytes32 jurisdiction;
        uint64 attestationDate;
        uint64 expiresAt;
        bytes uri;
        bytes extensions;
    }

    struct Struct2 {
        bytes32 anchorId;
        bytes32 legalHash;
        bytes32 evidenceHash;
        address boundToken;
        bytes32 bindingScope;
        uint256 boundTokenId;
        uint64 registeredAt;
        bool active;
    }

    struct Struct3 {
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

    struct Struct4 {
        address attestor;
        bool endorsed;
        bytes32 evidenceHash;
        string evidenceURI;
        uint64 attestedAt;
    }

    struct Struct5 {
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

    struct Struct6 {
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

    struct Struct7 {
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
    function invalidateTokenBinding(bytes32 anchorId, bytes32 reasonHash) external;
    function isBindingValid(bytes32 anchorId) external view returns (bool);
    function getMetadata(bytes32 anchorId) external view returns (Struct memory);
    function registeredBy(bytes32 anchorId) external view returns (address);
    function isActive(bytes32 anchorId) external view returns (bool);
    function deactivateAnchor(bytes32 anchorId, string calldata reason) external;
    function reattest(bytes32 anchorId, uint64 newExpiresAt, uint64 newAttestationDate) external;
    function registerAnchor(bytes32 legalHash, bytes32 evidenceHash, bytes calldata metadata) external returns (bytes32 anchorId);
    function bindToken(bytes32 anchorId, address token, bytes32 bindingScope, uint256 tokenId) external;
    function registerAndBind(bytes32 legalHash, bytes32 evidenceHash, bytes calldata metadata, address token, bytes32 bindingScope, uint256 tokenId) external returns (bytes32 anchorId);
    function getAnchor(bytes32 anchorId) external view returns (Struct2 memory);
    function isBound(bytes32 anchorId) external view returns (bool);
    function anchorBundle(bytes32 bundleHash, bytes32 subjectId, bytes32 role, uint256 documentCount, string calldata metadataURI) external;
    function supersedeBundle(bytes32 oldBundleHash, bytes32 newBundleHash, bytes32 subjectId, bytes32 role, uint256 documentCount, string calldata metadataURI) external;
    function getAnchor(bytes32 bundleHash, bytes32 subjectId, bytes32 role) external view returns (Struct3 memory);
    function isAnchored(bytes32 bundleHash, bytes32 subjectId, bytes32 role) external view returns (bool);
    function activeBundle(bytes32 subjectId, bytes32 role) external view returns (bytes32);
    function supersedeMethodology(bytes32 subjectId, bytes32 indicatorId, bytes32 oldMethodologyHash, bytes32 newMethodologyHash, string calldata newMethodologyURI, uint256 effectiveFromOrdinal) external;
    function activeMethodology(bytes32 subjectId, bytes32 indicatorId) external view returns (bytes32 methodologyHash, string memory methodologyURI);
    function pendingMethodology(bytes32 subjectId, bytes32 indicatorId) external view returns (bytes32 newMethodologyHash, string memory newMethodologyURI, uint256 effectiveFromOrdinal, bool pending);
    function attestSnapshot(bytes32 subjectId, uint256 snapshotIndex, bool endorsed, bytes32 evidenceHash, string calldata evidenceURI) external returns (uint256 attestationIndex);
    function attestationCount(bytes32 subjectId, uint256 snapshotIndex) external view returns (uint256);
    function getAttestation(bytes32 subjectId, uint256 snapshotIndex, uint256 attestationIndex) external view returns (Struct4 memory);
    function recordSnapshot(bytes32 subjectId, bytes32 indicatorId, int256 value, uint8 decimals, bytes32 unit, uint64 periodStart, uint64 periodEnd, bytes32 methodologyHash, string calldata methodologyURI, uint256 correctsIndex) external returns (uint256 snapshotIndex);
    function getSnapshot(bytes32 subjectId, uint256 snapshotIndex) external view returns (Struct5 memory);
    function snapshotCount(bytes32 subjectId) external view returns (uint256);
    function indicatorSnapshotCount(bytes32 subjectId, bytes32 indicatorId) external view returns (uint256);
    function indicatorSnapshotAt(bytes32 subjectId, bytes32 indicatorId, uint256 ordinal) external view returns (uint256 snapshotIndex);
    function latestIndicatorSnapshot(bytes32 subjectId, bytes32 indicatorId) external view returns (uint256 snapshotIndex);
    function currentSnapshotForPeriod(bytes32 subjectId, bytes32 indicatorId, uint64 periodStart, uint64 periodEnd) external view returns (uint256 snapshotIndex);
    function register(string calldata schema, address resolver, bool revocable) external returns (bytes32);
    function getSchema(bytes32 uid) external view returns (Struct6 memory);
    function getSchemaRegistry() external view returns (address);
    function attest(Request calldata request) external returns (bytes32);
    function attestByDelegation(DelegatedRequest calldata delegatedRequest) external returns (bytes32);
    function multiAttest(MultiRequests[] calldata multiRequests) external returns (bytes32[] memory);
    function multiAttestByDelegation(MultiDelegatedRequests[] calldata multiDelegatedRequests) external returns (bytes32[] memory);
    function revoke(Request2 calldata request) external;
    function revokeByDelegation(DelegatedRequest2 calldata delegatedRequest) external;
    function multiRevoke(MultiRequests2[] calldata multiRequests) external;
    function multiRevokeByDelegation(MultiDelegatedRequests2[] calldata multiDelegatedRequests) external;
    function getAttestation(bytes32 uid) external view returns (Struct7 memory);
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
    event Registered(bytes32 indexed uid, address indexed registerer, Struct6 schema);
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
    event MethodologySuperseded(bytes32 indexed subjectId, bytes32 indexed indicatorId, bytes32 oldMethodologyHash, bytes32 newMethodologyHash, uint256 effectiveFromOrdinal);
    error MethodologyDiffers(bytes32 active);
    error MethodologyInvalid();
    error SupersessionPending(uint256 effectiveFromOrdinal);
    error OrdinalInvalid(uint256 ordinal, uint256 least, uint256 max);
    event AnchorRegistered(bytes32 indexed anchorId, bytes32 legalHash, bytes32 evidenceHash);
    event TokenBound(bytes32 indexed anchorId, address indexed token, bytes32 indexed bindingScope, uint256 tokenId);
    event AnchorDeactivated(bytes32 indexed anchorId, string reason);
    event AnchorReattested(bytes32 indexed anchorId, uint64 oldExpiresAt, uint64 newExpiresAt, uint64 newAttestationDate);
    event TokenBindingInvalidated(bytes32 indexed anchorId, address indexed token, bytes32 indexed bindingScope, uint256 tokenId, bytes32 reasonHash);
    error AnchorInvalid(string what);
    error AnchorExists(bytes32 anchorId);
    error UnknownAnchor(bytes32 anchorId);
    error NotRegistrar(address caller);
    error AnchorNotActive(bytes32 anchorId);
    error AlreadyBound(bytes32 anchorId);
    error TokenTaken(bytes32 anchorId);
    error BindingNotValid(bytes32 anchorId);
    error NotTokenAuthority(address token, address caller);
    error RegistryDiffers(address registry);
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
