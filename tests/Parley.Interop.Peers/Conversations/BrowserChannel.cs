using System.Text.Json;
using System.Threading.Channels;
using Parley.Signaling;

namespace Parley.Interop.Conversations;

/// <summary>The way to a peer in a browser page that negotiates perfectly, without a server between.</summary>
public sealed class BrowserChannel : ISignalingChannel
{
    private readonly Channel<SignalingMessage> _messages = Channel.CreateUnbounded<SignalingMessage>();
    private readonly ChromiumSide _chromium;

    public BrowserChannel(ChromiumSide chromium)
    {
        _chromium = chromium;
        chromium.Told += message => _messages.Writer.TryWrite(Read(message));
    }

    public async ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default) =>
        await _chromium.GiveAsync(
            new { description = new { type = description.Type.ToString().ToLowerInvariant(), sdp = description.Sdp } });

    public async ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default) =>
        await _chromium.GiveAsync(
            new { candidate = candidate is { } c
                ? new { candidate = c.Candidate, sdpMid = c.SdpMid, sdpMLineIndex = c.SdpMLineIndex, usernameFragment = c.UsernameFragment }
                : null });

    public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default) =>
        await _messages.Reader.ReadAsync(cancellationToken);

    private static SignalingMessage Read(JsonElement message)
    {
        if (message.TryGetProperty("description", out JsonElement description))
        {
            return SignalingMessage.Of(
                new SessionDescription(
                    Enum.Parse<SdpType>(description.GetProperty("type").GetString()!, ignoreCase: true),
                    description.GetProperty("sdp").GetString()!));
        }

        JsonElement candidate = message.GetProperty("candidate");
        return SignalingMessage.Of(candidate.ValueKind == JsonValueKind.Null ? null : new IceCandidateInit(
            candidate.GetProperty("candidate").GetString()!,
            candidate.GetProperty("sdpMid").GetString(),
            candidate.GetProperty("sdpMLineIndex").GetUInt16(),
            candidate.GetProperty("usernameFragment").GetString()));
    }
}
