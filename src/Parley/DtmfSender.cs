namespace Parley;

/// <summary>Sends dial tones on a sender of sound, as telephone events (webrtc-pc §7, RFC 4733). Safe for use from any thread.</summary>
/// <remarks>RTCDTMFSender.</remarks>
public sealed class DtmfSender
{
    private const int MinDuration = 40;
    private const int MinGap = 30;
    private const int Max = 6000;
    private const int Pause = 2000;

    // The place of a key is its event's code (RFC 4733 §3.2).
    private const string Keys = "0123456789*#ABCD";

    private readonly PeerConnection _connection;
    private readonly RtpSender _sender;
    private ITimer? _timer;
    private string _toneBuffer = "";
    private int _duration;
    private int _gap;
    private bool _isScheduled;

    internal DtmfSender(PeerConnection connection, RtpSender sender)
    {
        _connection = connection;
        _sender = sender;
    }

    /// <summary>A tone, or a pause, begins; or all are over.</summary>
    /// <remarks>tonechange.</remarks>
    public event EventHandler<DtmfToneChangeEventArgs>? ToneChanged;

    /// <summary>
    /// Whether tones can be sent now: the connection is connected, a track is being sent, and the peer takes telephone events.
    /// </summary>
    /// <remarks>canInsertDTMF.</remarks>
    public bool CanInsertDtmf
    {
        get
        {
            lock (_connection.Gate)
            {
                return CanSend();
            }
        }
    }

    /// <summary>The tones that wait to be sent.</summary>
    public string ToneBuffer
    {
        get
        {
            lock (_connection.Gate)
            {
                return _toneBuffer;
            }
        }
    }

    /// <summary>Sends tones, in place of those that still wait (webrtc-pc §7.2, insertDTMF).</summary>
    /// <param name="tones">0 to 9, A to D, *, #; a comma waits for two seconds. Empty: no more after the present one.</param>
    /// <param name="duration">How long each tone lasts, in ms; taken as 40 at least and 6000 at most.</param>
    /// <param name="interToneGap">The silence between tones, in ms; taken as 30 at least and 6000 at most.</param>
    /// <exception cref="RtcException">InvalidStateError: tones cannot be sent now. InvalidCharacterError: a character is none of the
    /// above.</exception>
    /// <remarks>insertDTMF.</remarks>
    public void InsertDtmf(string tones, int duration = 100, int interToneGap = 70)
    {
        ArgumentNullException.ThrowIfNull(tones);
        lock (_connection.Gate)
        {
            if (!CanSend())
            {
                throw new RtcException(RtcErrorNames.InvalidStateError, "Tones cannot be sent now.");
            }

            var normalized = tones.ToUpperInvariant();
            if (!normalized.All(tone => tone == ',' || Keys.Contains(tone, StringComparison.Ordinal))
                || tones.Any(tone => !char.IsAscii(tone)))
            {
                throw new RtcException(RtcErrorNames.InvalidCharacterError, "Tones are 0 to 9, A to D, *, # and the comma.");
            }

            _toneBuffer = normalized;
            _duration = Math.Clamp(duration, MinDuration, Max);
            _gap = Math.Clamp(interToneGap, MinGap, Max);
            if (_toneBuffer.Length == 0 || _isScheduled)
            {
                return;
            }

            _isScheduled = true;
            _connection.Queue.Enqueue(PlayOut);
        }
    }

    /// <summary>The key of an event's code; null for events that are no keys.</summary>
    internal static char? KeyOf(byte code) => code < Keys.Length ? Keys[code] : null;

    /// <summary>Gives the timer back.</summary>
    internal void Close() => _timer?.Dispose();

    /// <summary>"Determine if DTMF can be sent" (webrtc-pc §7.2.1). With the gate held.</summary>
    private bool CanSend() =>
        _connection.ConnectionState == PeerConnectionState.Connected
        && !_sender.Transceiver.IsStopping
        && _sender.Track is not null
        && _sender.Transceiver.CurrentDirection.Sends()
        && _sender.SendEncodings[0].Active
        && _sender.SendCodecs.Any(codec => string.Equals(codec.MimeType, "audio/telephone-event", StringComparison.OrdinalIgnoreCase));

    /// <summary>The "DTMF playout task steps" (webrtc-pc §7.2).</summary>
    private void PlayOut()
    {
        string tone;
        lock (_connection.Gate)
        {
            _isScheduled = false;
            if (!CanSend())
            {
                return;
            }

            if (_toneBuffer.Length == 0)
            {
                tone = "";
            }
            else
            {
                tone = _toneBuffer[..1];
                _toneBuffer = _toneBuffer[1..];
                if (tone != ",")
                {
                    _sender.Flow.PlayTone((byte)Keys.IndexOf(tone, StringComparison.Ordinal), TimeSpan.FromMilliseconds(_duration));
                }

                Schedule(tone == "," ? Pause : _duration + _gap);
            }
        }

        _connection.Queue.Raise(ToneChanged, this, new DtmfToneChangeEventArgs(tone));
    }

    private void Schedule(int milliseconds)
    {
        _isScheduled = true;
        _timer ??= _connection.Platform.TimeProvider.CreateTimer(
            static sender => ((DtmfSender)sender!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(TimeSpan.FromMilliseconds(milliseconds), Timeout.InfiniteTimeSpan);
    }

    private void OnTimer() => _connection.Queue.Enqueue(PlayOut);
}
