using Microsoft.Extensions.Logging.Abstractions;
using Parley.Net;

namespace Parley.Rtp.Tests;

/// <summary>One end of a conversation: a session, and copies of what it told.</summary>
internal sealed class Peer(string name, ulong seed, RtpSessionOptions? options = null)
{
    public static readonly NtpTimestamp Epoch = NtpTimestamp.From(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));

    public RtpSession Session { get; } = new(
        (options ?? Options()) with { CanonicalName = name }, RandomSource.Seeded(seed), NullLogger.Instance);

    public List<RtpEvent> Events { get; } = [];

    public List<Taken> Frames { get; } = [];

    public int Count(RtpEventKind kind) => Events.Count(happened => happened.Kind == kind);

    public Action<RtpEvent>? OnEvent { get; set; }

    public static RtpSessionOptions Options() => new() { CanonicalName = "someone", NtpTimeAtZero = Epoch };

    public void Read()
    {
        while (Session.TryRead(out var happened))
        {
            Events.Add(happened);
            OnEvent?.Invoke(happened);
            if (happened.Frame is { } frame)
            {
                Frames.Add(new Taken(frame, happened.Stream!));
            }
        }
    }
}
