namespace Parley.Signaling;

/// <summary>Something the peer sent could not be done.</summary>
/// <param name="Code">One of <see cref="SignalingErrorCodes"/>; stable, for programs.</param>
/// <param name="Message">A sentence for people; may change.</param>
public sealed record ErrorMessage(string Code, string Message) : ServerMessage;
