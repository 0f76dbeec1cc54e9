using Parley.Signaling;

namespace Parley.Tests.Glare;

/// <summary>
/// What one side of a glare simulation tells the other: a step of negotiation, or that it holds a section, or no longer does.
/// </summary>
internal sealed record GlareMessage(SignalingMessage? Step, string? HoldMid = null, bool Holds = false);
