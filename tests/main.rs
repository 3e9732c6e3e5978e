mod view;
mod film;
mod view;
