using Parley.Sdp;

namespace Parley;

/// <summary>A description in force: its object form grows with the candidates, and its text is made when somebody reads it.</summary>
internal sealed class AppliedDescription(SdpType type, SdpDocument document, string? text)
{
    private string? _text = text;

    public SdpType Type => type;

    public SdpDocument Document => document;

    public SessionDescription ToSessionDescription() => new(type, _text ??= document.ToString());

    /// <summary>Says that <see cref="Document"/> was changed.</summary>
    public void Changed() => _text = null;
}
