using System.Threading.Channels;
using Parley.Signaling;

namespace Parley.Cli.Bench;

/// <summary>One connection's channel over the pipes. Disposing it tells the other side that the connection is over.</summary>
internal sealed class LineChannel(int number, LineSignaling lines) : ISignalingChannel, IDisposable
{
    private readonly Channel<SignalingMessage> _incoming = Channel.CreateUnbounded<SignalingMessage>();

    public int Number => number;

    public ValueTask SendAsync(SessionDescription description, CancellationToken cancellationToken = default)
    {
        lines.Send(new SignalingLine(number) { Type = description.Type.ToW3CName(), Sdp = description.Sdp });
        return ValueTask.CompletedTask;
    }

    public ValueTask SendAsync(IceCandidateInit? candidate, CancellationToken cancellationToken = default)
    {
        lines.Send(new SignalingLine(number)
        {
            Candidate = candidate?.Candidate,
            Mid = candidate?.SdpMid,
            Index = candidate?.SdpMLineIndex,
            Fragment = candidate?.UsernameFragment,
        });
        return ValueTask.CompletedTask;
    }

    public async ValueTask<SignalingMessage?> ReceiveAsync(CancellationToken cancellationToken = default) =>
        await _incoming.Reader.WaitToReadAsync(cancellationToken) && _incoming.Reader.TryRead(out SignalingMessage? message)
            ? message
            : null;

    public void Dispose()
    {
        lines.Send(new SignalingLine(number) { Ends = true });
        lines.Forget(this);
        End();
    }

    public void End() => _incoming.Writer.TryComplete();

    public void Take(SignalingLine line)
    {
        if (line.Ends)
        {
            lines.Forget(this);
            End();
        }
        else if (W3CNames.TryParseSdpType(line.Type, out SdpType type))
        {
            _incoming.Writer.TryWrite(SignalingMessage.Of(new SessionDescription(type, line.Sdp ?? "")));
        }
        else
        {
            _incoming.Writer.TryWrite(SignalingMessage.Of(line.Candidate is { } candidate
                ? new IceCandidateInit(candidate, line.Mid, line.Index, line.Fragment)
                : null));
        }
    }
}
