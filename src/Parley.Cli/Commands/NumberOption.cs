using System.CommandLine;
using System.Globalization;

namespace Parley.Cli.Commands;

/// <summary>Options that take a number within bounds, and say so when it is none.</summary>
internal static class NumberOption
{
    public static Option<double?> Real(string name, string description, double above, double most) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            if (double.TryParse(argument.Tokens.Single().Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && value > above
                && value <= most)
            {
                return value;
            }

            argument.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes a number above {above}, at most {most}."));
            return null;
        },
    };

    public static Option<TimeSpan?> Time(string name, string description, TimeSpan most) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            string text = argument.Tokens.Single().Value;
            double unit = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, _ => 0 };
            if (unit > 0
                && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && value > 0
                && value * unit <= most.TotalSeconds)
            {
                return TimeSpan.FromSeconds(value * unit);
            }

            argument.AddError($"{name} takes a number with a unit, such as 90s, 30m or 2h, at most {most.TotalHours:0}h.");
            return null;
        },
    };

    public static Option<int?> Whole(string name, string description, int least, int most) => new(name)
    {
        Description = description,
        CustomParser = argument =>
        {
            if (int.TryParse(argument.Tokens.Single().Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
                && value >= least
                && value <= most)
            {
                return value;
            }

            argument.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes a whole number from {least} to {most}."));
            return null;
        },
    };
}
