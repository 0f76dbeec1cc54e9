namespace Parley.Sctp;

/// <summary>A data channel of a <see cref="DataChannelSession"/>. A handle is never used again for another channel.</summary>
/// <param name="Value">A number that means nothing elsewhere.</param>
public readonly record struct DataChannelHandle(int Value);
