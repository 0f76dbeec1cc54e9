namespace Parley.Rtp;

/// <summary>A source that a mixer put into a frame.</summary>
/// <param name="Source">The CSRC.</param>
/// <param name="Level">How loud it is, in -dBov, 0 (loudest) to 127 (silence); null: not told (RFC 6465).</param>
public readonly record struct RtpContributor(Ssrc Source, byte? Level = null);
