namespace Parley.Sdp;

/// <summary>
/// The kinds of fault in a session description. The first group comes from parsing, the second from <see cref="SdpValidation"/>.
/// </summary>
public enum SdpErrorReason
{
    /// <summary>There is no line.</summary>
    Empty,

    /// <summary>The text is longer than <see cref="SdpDocument.MaximumLength"/>.</summary>
    TooLong,

    /// <summary>There are more lines than <see cref="SdpDocument.MaximumLines"/>.</summary>
    TooManyLines,

    /// <summary>There are more media sections than <see cref="SdpDocument.MaximumMedia"/>.</summary>
    TooManyMedia,

    /// <summary>The line is not a letter, an equals sign and a text without control characters.</summary>
    InvalidLine,

    /// <summary>The line does not begin with a small letter.</summary>
    UnknownLineType,

    /// <summary>The first line is not <c>v=</c>.</summary>
    MissingVersion,

    /// <summary>The second line is not <c>o=</c>.</summary>
    MissingOrigin,

    /// <summary>The <c>o=</c> line is malformed.</summary>
    InvalidOrigin,

    /// <summary>The third line is not <c>s=</c>.</summary>
    MissingSessionName,

    /// <summary>There is no <c>t=</c> line.</summary>
    MissingTiming,

    /// <summary>A <c>t=</c> line is malformed.</summary>
    InvalidTiming,

    /// <summary>A <c>c=</c> line is malformed.</summary>
    InvalidConnection,

    /// <summary>A <c>b=</c> line is malformed.</summary>
    InvalidBandwidth,

    /// <summary>An <c>m=</c> line is malformed.</summary>
    InvalidMedia,

    /// <summary>An <c>a=</c> line has no name, or a typed attribute without a reason of its own is malformed.</summary>
    InvalidAttribute,

    /// <summary>A mid is no token, or longer than 255 characters, which no header extension can hold (RFC 8285 §4.3).</summary>
    InvalidMid,

    /// <summary>Two sections bear one mid.</summary>
    DuplicateMid,

    /// <summary>A section has no mid where the caller requires one.</summary>
    MissingMid,

    /// <summary>A BUNDLE group names a mid that no section bears.</summary>
    UnknownBundleMid,

    /// <summary>One mid stands in two BUNDLE groups; for the strict also twice in one.</summary>
    DuplicateBundleMid,

    /// <summary>An ice-ufrag is not 4 to 256 ice-chars.</summary>
    InvalidIceUfrag,

    /// <summary>An ice-pwd is not 22 to 256 ice-chars.</summary>
    InvalidIcePwd,

    /// <summary>A section has no ICE credentials where the caller requires them, or a ufrag without a password, or the reverse.</summary>
    MissingIceCredentials,

    /// <summary>A candidate line is malformed.</summary>
    InvalidCandidate,

    /// <summary>A section has fingerprints, and all are malformed.</summary>
    InvalidFingerprint,

    /// <summary>A section has no fingerprint where the caller requires one.</summary>
    MissingFingerprint,

    /// <summary>A setup attribute names no role.</summary>
    InvalidSetup,

    /// <summary>A section has no setup attribute where the caller requires one.</summary>
    MissingSetup,

    /// <summary>Two direction attributes in one section; for the strict alone.</summary>
    DuplicateDirection,

    /// <summary>The rtpmap of a format of the section is malformed.</summary>
    InvalidRtpMap,

    /// <summary>A payload type is above 127.</summary>
    PayloadTypeOutOfRange,

    /// <summary>One payload type is mapped to two encodings, in one section or, for the strict, within a BUNDLE group.</summary>
    ConflictingPayloadType,

    /// <summary>An fmtp is malformed.</summary>
    InvalidFormatParameters,

    /// <summary>An rtcp-fb is malformed.</summary>
    InvalidRtcpFeedback,

    /// <summary>An extmap is malformed.</summary>
    InvalidExtMap,

    /// <summary>An extmap's id is none of 1 to 255 and 4096 to 4351; for the strict 15 is none either.</summary>
    ExtMapIdOutOfRange,

    /// <summary>One extmap id is mapped to two extensions, in one section or, for the strict, within a BUNDLE group.</summary>
    ConflictingExtMap,

    /// <summary>An msid is malformed.</summary>
    InvalidMsid,

    /// <summary>An ssrc line is malformed.</summary>
    InvalidSsrc,

    /// <summary>An ssrc-group line is malformed.</summary>
    InvalidSsrcGroup,

    /// <summary>A rid is malformed; for the strict alone.</summary>
    InvalidRid,

    /// <summary>Two rids of one section bear one id; for the strict alone.</summary>
    DuplicateRid,

    /// <summary>A simulcast line is malformed, and not of the drafts that had <c>rid=</c>, or there are two.</summary>
    InvalidSimulcast,

    /// <summary>An sctp-port is malformed.</summary>
    InvalidSctpPort,

    /// <summary>A max-message-size is no number.</summary>
    InvalidMaxMessageSize,

    /// <summary>An sctp-init is not in base64.</summary>
    InvalidSctpInit,
}
