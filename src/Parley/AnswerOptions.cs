namespace Parley;

/// <summary>Options of an answer; there are none yet (webrtc-pc §4.2.7).</summary>
/// <remarks>RTCAnswerOptions.</remarks>
public sealed record AnswerOptions;
